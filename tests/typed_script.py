"""A user's script, which mypy --strict checks by the types that sitegen ships (`tests/run.py`); it is not run."""

import sitegen

catalog = sitegen.load("mlruns")
runs = catalog.search("metrics.loss < 1", order_by="metrics.loss ASC")
first: sitegen.Run = runs[0]
some: sitegen.Runs = runs[:5]
names: list[str] = [run.name for run in some]
chart = catalog.chart("loss", runs=runs, x="time", log=True)
chart.save("loss.html")
board = sitegen.best("mlruns", "sweep")
built = sitegen.build("mlruns", output="site", title="Runs")
print(len(runs), first.history("loss")["value"].min(), built.pages, sitegen.export("mlruns", output="out").size)
