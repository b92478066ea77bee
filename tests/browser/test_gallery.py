"""A grid search of 100 nested runs with 5 images each: its galleries and the view across runs, by keyboard alone."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .samples import Sample, build_store, open_page
from .test_site_reading import axe_faults, write_yaml

CHILDREN = 100
NAMES = ("confusion_matrix", "errors", "examples", "loss", "roc_curve")


def png(shade: int) -> bytes:
    """A small grey PNG, written by hand: five hundred of them in no time."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade % 256]) * 64 for _ in range(48))
    head = struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_experiment(store: Path, name: str) -> Path:
    """The folder of a new experiment."""
    meta = {"artifact_location": "mlflow-artifacts:/1", "experiment_id": "'1'", "lifecycle_stage": "active", "name": name}  # fmt: skip
    (store / "1").mkdir(parents=True)
    write_yaml(store / "1" / "meta.yaml", meta)
    return store / "1"


def write_run(folder: Path, n: int, parent: str) -> None:
    meta = {"artifact_uri": f"mlflow-artifacts:/1/{folder.name}/artifacts", "experiment_id": "'1'", "lifecycle_stage": "active", "run_id": f"'{folder.name}'", "run_name": f"grid-{n:03}", "start_time": str(1700000000000 + n), "end_time": str(1700000900000 + n), "status": "3", "user_id": "ada"}  # fmt: skip
    files: dict[str, bytes] = {"params/lr": str(n / 1000).encode()}
    if parent:
        files |= {
            "metrics/val_loss": f"1700000000000 {0.5 + n} 0\n".encode(),
            "tags/mlflow.parentRunId": parent.encode(),
        }
        files |= {f"artifacts/plots/{name}.png": png(40 * at + n) for at, name in enumerate(NAMES)}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    write_yaml(folder / "meta.yaml", meta)


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = tmp_path_factory.mktemp("grid")
    home = write_experiment(root / "mlruns", "grid")
    parent = f"{999:032x}"
    write_run(home / parent, 999, "")
    for n in range(CHILDREN):
        write_run(home / f"{n:032x}", n, parent)
    return build_store(root / "mlruns", root / "site")


@pytest.fixture(params=["file", "http"])
def site(request: pytest.FixtureRequest, grid: Sample, serve: Callable[[Path], str]) -> Sample:
    return grid if request.param == "file" else grid.at(serve(grid.folder))


def tab_to(page: Page, selector: str, most: int = 200) -> None:
    """Press Tab until the focus is on what `selector` names."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector} by Tab")


def test_a_run_s_images_open_turn_grow_and_close_by_keyboard(page: Page, site: Sample) -> None:
    open_page(page, f"{site.base}runs/{7:032x}.html")
    tab_to(page, ".gallery a.view")
    page.keyboard.press("Enter")
    box = page.locator("dialog.lightbox")
    expect(box.locator("figcaption")).to_have_text("Confusion matrix (1 of 5)")
    page.keyboard.press("ArrowRight")
    expect(box.locator("figcaption")).to_have_text("ROC curve (2 of 5)")
    page.keyboard.press("End")
    expect(box.locator("figcaption")).to_have_text("plots/loss.png (5 of 5)")
    page.keyboard.press("+")
    expect(box.locator("output")).to_have_text("150%")
    page.keyboard.press("0")
    expect(box.locator("output")).to_have_text("100%")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    # The dialog's own close event moves the focus, a moment after the dialog is gone.
    expect(page.locator(":focus img")).to_have_attribute("alt", "plots/loss.png")


def test_the_best_runs_are_seen_side_by_side_without_scripts(fresh_page: Callable[..., Page], grid: Sample) -> None:
    page = fresh_page(java_script_enabled=False)
    page.goto(f"{grid.base}experiments/1.html")
    rows = page.locator(".across")
    expect(rows).to_have_count(len(NAMES))
    expect(rows.first.locator("h3")).to_contain_text("Confusion matrix")
    assert rows.first.locator("figcaption a").all_inner_texts() == [f"grid-{n:03}" for n in range(12)]


def test_runs_are_compared_by_keyboard(page: Page, site: Sample) -> None:
    open_page(page, f"{site.base}experiments/1.html")
    page.get_by_role("button", name="Compare these").focus()
    page.keyboard.press("Enter")
    view = page.locator(".image-compare")
    expect(view.locator(".gallery li")).to_have_count(12)
    tab_to(page, ".image-tools select")
    page.keyboard.press("ArrowDown")
    expect(view.locator("img").first).to_have_attribute("alt", "plots/roc_curve.png of grid-000")
    page.get_by_role("button", name="Slider").focus()
    page.keyboard.press("Enter")
    slider = view.get_by_label("How much of grid-000 is seen")
    slider.focus()
    page.keyboard.press("End")
    expect(view.locator("img.above")).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    page.get_by_role("button", name="Blink", exact=True).focus()
    page.keyboard.press("Enter")
    expect(view.locator(".hint")).to_have_text("Now: grid-001")
    page.get_by_role("button", name="Swap").focus()
    page.keyboard.press("Enter")
    expect(view.locator(".hint")).to_have_text("Now: grid-000")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_galleries(fresh_page: Callable[..., Page], grid: Sample, scheme: str) -> None:
    page = fresh_page(bypass_csp=True, color_scheme=scheme, viewport={"width": 390, "height": 900})
    open_page(page, f"{grid.base}runs/{7:032x}.html")
    page.locator(".gallery a.view").first.click()
    expect(page.locator("dialog.lightbox")).to_be_visible()
    found = axe_faults(page)
    open_page(page, f"{grid.base}experiments/1.html")
    page.get_by_role("button", name="Compare these").click()
    # axe takes seconds, so each scheme looks at other modes.
    for mode in ("Side by side", "Slider", "Blink"):
        page.get_by_role("button", name=mode, exact=True).click()
        found += axe_faults(page) if (mode == "Slider") == (scheme == "dark") else []
        assert page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth") <= 0
    assert found == []


@pytest.mark.both_schemes
def test_selected_runs_are_compared(page: Page, site: Sample) -> None:
    two = f"{60:032x},{61:032x}"
    open_page(page, f"{site.base}experiments/1.html#sel={two}")
    page.get_by_role("button", name="Compare the selected runs").click()
    expect(page.locator(".image-compare figcaption")).to_have_text(["grid-060", "grid-061"])


def test_the_pages_are_light(grid: Sample) -> None:
    page = (grid.folder / "experiments/1.html").read_bytes()
    assert len(page) < 300_000
    assert len(gzip.compress((grid.folder / f"runs/{7:032x}.html").read_bytes())) < 25_000


def test_equal_images_have_one_thumbnail(tmp_path: Path) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((400, 300), 90).save(out, "PNG")
    home = write_experiment(tmp_path / "mlruns", "same")
    for n in range(3):
        write_run(home / f"{n:032x}", n, "")
        (home / f"{n:032x}" / "artifacts").mkdir()
        (home / f"{n:032x}" / "artifacts" / "noise.png").write_bytes(out.getvalue())
    made = build_store(tmp_path / "mlruns", tmp_path / "site")
    assert len(list((made.folder / "thumbs").rglob("*.webp"))) == 1
