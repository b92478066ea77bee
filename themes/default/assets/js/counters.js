// needs: sitegen.js
//
// Metrics that count how far a run is, which have no chart unless one is asked for: the twin of is_counter in
// sitegen/analysis/curve_choice.py; change both.
"use strict";

SG.isCounter = (function () {
  const COUNTER =
    /(^|[/.])((best|current|global|total|train|trainer|env|num)[_-]?)*(epochs?|steps?|iterations?|iters?|timesteps?|batch(_idx|_index)?|batches|episodes?|time_elapsed|n_updates)$/i;

  /** Whether a metric is called as counters are: `epoch`, `trainer/global_step`. */
  return (key) => COUNTER.test(key);
})();
