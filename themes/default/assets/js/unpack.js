// needs: sitegen.js
//
// The columns of data files: packed ones (pages/packing.py) as the lists that they were made of, and the values in them.
"use strict";

Object.assign(
  SG,
  (function () {
    const DIGITS = new Uint8Array(128);
    Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").forEach(function (digit, value) {
      DIGITS[digit.charCodeAt(0)] = value;
    });
    /** Hexadecimal digits in two of base 64. */
    const HEX_STEP = 3;
    const HEX = Array.from({ length: 4096 }, (_, value) => value.toString(16).padStart(HEX_STEP, "0"));

    /** The number that `width` base-64 digits from `at` stand for. */
    function numberAt(text, at, width) {
      let value = 0;
      for (let next = at; next < at + width; next++) value = value * 64 + DIGITS[text.charCodeAt(next)];
      return value;
    }

    /** The whole numbers of a column, null where missing. */
    function wholes({ v, w, b, m }) {
      if (typeof v === "number") return new Array(v).fill(b);
      const out = new Array(v.length / w);
      for (let row = 0; row < out.length; row++) {
        const above = numberAt(v, row * w, w);
        out[row] = m && !above ? null : b + above;
      }
      return out;
    }

    /** 10 to a power of 0 to 22, which is exact. */
    const tens = (power) => Number("1e" + power);

    /** Numbers: whole ones with the decimal point moved by `e`, or digits with a power of ten above `q`. */
    function decimals(raw) {
      const values = wholes(raw);
      if (raw.e === 0) return values;
      const unit = tens(raw.e);
      return values.map(raw.q === undefined ? (value) => (value === null ? null : value / unit) : fromPowers(raw));
    }

    function fromPowers({ q, s, z }) {
      const units = Array.from({ length: 46 }, (_, at) => tens(Math.abs(q + at)));
      return function (value) {
        if (value === null) return null;
        const power = Math.floor(value / s);
        const digits = value - power * s - z;
        return q + power < 0 ? digits / units[power] : digits * units[power];
      };
    }

    /** Doubles from their bits, null where they are NaN. */
    function doubles(text) {
      const bits = new DataView(new ArrayBuffer(8));
      const out = [];
      for (let at = 0; at < text.length; at += 11) {
        const low = numberAt(text, at + 5, 6);
        bits.setUint32(0, numberAt(text, at, 5) * 16 + Math.floor(low / 2 ** 32));
        bits.setUint32(4, low % 2 ** 32);
        const value = bits.getFloat64(0);
        out.push(Number.isNaN(value) ? null : value);
      }
      return out;
    }

    /** A number as Python writes a float: `1e-05`, `0.1`, `3.0`. */
    function asFloat(value) {
      const [digits, exponent] = value.toExponential().split("e");
      if (value && (exponent < -4 || exponent >= 16))
        return digits + "e" + exponent[0] + exponent.slice(1).padStart(2, "0");
      return Number.isInteger(value) ? value + ".0" : String(value);
    }

    function hex({ v, h, x = [] }) {
      const width = Math.ceil(h / HEX_STEP) * 2;
      const out = new Array(v.length / width + x.length);
      for (const row of x) out[row] = null;
      let at = 0;
      for (let row = 0; row < out.length; row++) {
        if (out[row] === null) continue;
        let text = "";
        for (const end = at + width; at < end; at += 2) text += HEX[numberAt(v, at, 2)];
        out[row] = text.slice(0, h);
      }
      return out;
    }

    function joined([first, ...others]) {
      return first.map((text, row) => others.reduce((sum, part) => sum + "-" + part[row], text));
    }

    function strings(raw) {
      if (raw.h) return hex(raw);
      if (raw.parts) return joined(raw.parts.map(column));
      const write = raw.k === "float" ? asFloat : String;
      const values = raw.e === undefined ? doubles(raw.v) : decimals(raw);
      return values.map((value) => (value === null ? null : write(value)));
    }

    /** `raw`, whose `v` is a list from now on. */
    function unpacked(raw) {
      if (raw.v === undefined || Array.isArray(raw.v)) return raw;
      raw.v = raw.t === "s" ? strings(raw) : raw.t === "f" ? decimals(raw) : wholes(raw);
      if ("o" in raw) raw.v[0] = raw.o;
      return raw;
    }

    /** The values of a column as an Array; numbers as numbers with NaN and infinities, missing as null. */
    function column(data) {
      const { t, u, v } = unpacked(data);
      if (t === "d") return v.map((code) => (code < 0 ? null : u[code]));
      if (t === "i") return wholeNumbers(data);
      if (t === "f") return numbers(data);
      return v;
    }

    function wholeNumbers(data) {
      let sum = 0;
      const out = data.v.map((step) => (sum += step));
      for (const row of data.x || []) out[row] = null;
      return out;
    }

    function numbers(data) {
      const out = data.v.slice();
      for (const row of data.nan || []) out[row] = NaN;
      for (const row of data.inf || []) out[row] = Infinity;
      for (const row of data.ninf || []) out[row] = -Infinity;
      return out;
    }

    return { column, unpacked };
  })(),
);
