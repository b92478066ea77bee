// needs: sitegen.js
//
// Which artifacts of several runs are the same thing: images that `mlflow.log_image` wrote over steps are one series,
// and paths that differ in ids or timestamps alone are one file.
"use strict";

SG.compareFiles = (function () {
  // Paths as log_image makes them (the twin of _LOGGED in sitegen/pages/gallery.py).
  const LOGGED = /^images\/(.+?)[+%]step[+%](\d+)[+%]timestamp[+%]\d+[+%][^/]*\.(?:png|webp)$/;
  const TWIN = /[+%]compressed\.webp$/;
  const UNIQUE =
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-z])(?:[0-9a-f]{32}|m-[0-9a-f]{32}|\d{13}|(?:19|20)\d{6}[-_T]?\d{6}|(?:19|20)\d\d-\d\d-\d\d[-_T]\d\d[-_:.]?\d\d[-_:.]?\d\d)(?![0-9a-z])/gi;

  const keyOf = (path) => path.replace(UNIQUE, "…");

  /** `texts` and `files` of a run by names that runs share; a file is `[name, size, address, is it an image, steps]`. */
  function alike({ files, texts, env }) {
    const series = new Map();
    const single = files.filter(function (file) {
      const found = LOGGED.exec(file[0]);
      if (!found || TWIN.test(file[0])) return !found;
      const key = found[1].replace(/[~#]/g, "/");
      series.set(key, (series.get(key) || []).concat([[Number(found[2]), file]]));
      return false;
    });
    const counts = new Map();
    for (const [path] of single) counts.set(keyOf(path), (counts.get(keyOf(path)) || 0) + 1);
    const name = (path) => (counts.get(keyOf(path)) === 1 ? keyOf(path) : path);
    return {
      env,
      files: [
        ...single.map(([path, ...rest]) => [name(path), ...rest]),
        ...Array.from(series, ([key, found]) => together(key, found)),
      ],
      texts: new Map(texts.map(([path, text]) => [name(path), text])),
    };
  }

  /** The images of a series as one file: all their bytes, the last image. */
  function together(key, found) {
    const last = found.reduce((a, b) => (b[0] >= a[0] ? b : a))[1];
    const size = found.reduce((sum, [, file]) => sum + file[1], 0);
    return [key, size, last[2], last[3], found.length];
  }

  return { alike };
})();
