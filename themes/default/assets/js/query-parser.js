// needs: query-keys.js, query-lexer.js, query-values.js, query-comparisons.js
//
// The grammar of a query (sitegen/query/parser.py): conditions joined by AND, OR, NOT, and orders.
"use strict";

(function (parts) {
  const {
    ALIASES,
    PATTERNS,
    isMlflows,
    attributeOf,
    MAX_DEPTH,
    isKeyword,
    said,
    groupOf,
    stripped,
    isNothing,
    Comparisons,
  } = parts;

  class Parser extends Comparisons {
    whole() {
      const root = this.alternatives();
      if (!this.isAt("end"))
        this.refuse(said(this.here) + " is an unmatched parenthesis; put quotes around it to search for it literally");
      return root;
    }

    alternatives() {
      const parts = [this.conjunction()];
      while (isKeyword(this.here, "OR")) {
        this.ours();
        this.take();
        parts.push(this.conjunction());
      }
      if (parts.length > 1 && parts.some(isNothing)) this.refuse("a condition is missing next to OR");
      return parts.length === 1 ? parts[0] : { kind: "or", parts };
    }

    conjunction() {
      const parts = [];
      let joined = true;
      while (!this.isAt("end", ")") && !isKeyword(this.here, "OR")) {
        if (isKeyword(this.here, "AND")) {
          this.take();
          joined = true;
          continue;
        }
        this.ours(joined || this.isSimple());
        parts.push(this.negation());
        joined = false;
      }
      return parts.length === 1 ? parts[0] : { kind: "and", parts };
    }

    negation() {
      if (!isKeyword(this.here, "NOT")) return this.condition();
      this.ours();
      const start = this.take();
      if (this.isAt("end", ")") || isKeyword(this.here, "AND", "OR")) this.refuse("a condition is missing after NOT");
      this.enter(start);
      const of = this.negation();
      this.depth -= 1;
      return { kind: "not", of };
    }

    enter(token) {
      this.depth += 1;
      if (this.depth > MAX_DEPTH) this.refuse("conditions are nested too deeply", token);
    }

    condition() {
      const token = this.here;
      if (token.kind === "(") return this.inside();
      if (!this.isAt("word", "string"))
        this.refuse("a condition must begin with a key or a word, not with " + said(token));
      if (this.isKey()) return this.comparison(this.key(this.take()));
      this.ours();
      this.take();
      return {
        kind: "words",
        text: token.kind === "string" || token.raw[0] === "`" ? token.raw.slice(1, -1) : token.raw,
      };
    }

    inside() {
      this.ours();
      const start = this.take();
      this.enter(start);
      const node = this.alternatives();
      if (!this.isAt(")")) this.refuse("this ( is not closed", start);
      if (isNothing(node)) this.refuse("the parentheses are empty", start);
      this.take();
      this.depth -= 1;
      return node;
    }

    /** Whether a comparison begins here, as against a word to search for. */
    isKey() {
      const group = groupOf(this.here);
      if (this.ahead(1).kind === "operator" || (group && group !== "attribute")) return true;
      const raw = this.here.raw;
      const known = this.isAt("word") && attributeOf(stripped(group ? raw.slice(raw.indexOf(".") + 1) : raw)) !== null;
      if (isKeyword(this.ahead(1), "IS")) return known || isKeyword(this.ahead(2), "NOT", "NULL", "NAN");
      const behind = isKeyword(this.ahead(1), "NOT") ? 2 : 1;
      if (isKeyword(this.ahead(behind), "IN")) return known || this.ahead(behind + 1).kind === "(";
      return isKeyword(this.ahead(behind), ...PATTERNS, "BETWEEN");
    }

    isSimple() {
      return this.isKey() && (this.ahead(1).kind === "operator" || isKeyword(this.ahead(1), "LIKE", "ILIKE"));
    }

    rules() {
      const found = [];
      while (!this.isAt("end")) {
        found.push(this.rule());
        if (!this.isAt("end")) {
          this.expect(",", "put a comma between two rules of an order");
          this.ours();
        }
      }
      return found;
    }

    rule() {
      const token = this.here;
      if (!this.isAt("word", "string")) this.refuse("an order must begin with a key");
      const key = this.key(this.take());
      if (key.group === "any")
        this.refuse("write params." + key.name + ", metrics." + key.name + " or tags." + key.name, token);
      if (key.group === "dataset") this.refuse("runs cannot be ordered by dataset", token);
      const alias = stripped(token.raw.slice(token.raw.lastIndexOf(".") + 1));
      this.ours(isMlflows(key) && !(ALIASES.get(alias) === "run_name"));
      const ascending = !isKeyword(this.here, "DESC");
      if (isKeyword(this.here, "ASC", "DESC")) this.take();
      else if (!this.isAt("end", ",")) this.refuse("expected ASC or DESC");
      return { key, ascending };
    }
  }

  Object.assign(parts, { Parser });
})(SG.queryParts);
