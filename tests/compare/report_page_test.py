# SPDX-License-Identifier: MIT
# Opens the report in a browser without a screen, wide and narrow, light and dark, and has it say what is there.
import html
import json
import os
import re
import shutil
import subprocess

import programs
from programs import Skip, case, temporary_directory

WIDTHS = (1280, 390)

# Runs in a copy of the page, each copy in a frame of its own, and tells the frame around it what it found.
PROBE = r"""<script>
const errors = [];
window.onerror = (message) => errors.push(String(message));
function luminance(colour) {
  const parts = colour.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
function visible(shape) {
  const style = getComputedStyle(shape), box = shape.getBBox();
  return (style.stroke !== 'none' || style.fill !== 'none') && style.visibility === 'visible' &&
    box.width + box.height > 0;
}
function describe(figure) {
  const svg = figure.querySelector('svg');
  if (!svg) return {id: figure.id, svg: false};
  const card = getComputedStyle(figure).backgroundColor, box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim());
  return {id: figure.id, svg: true, width: box.width, height: box.height, label: svg.getAttribute('aria-label'),
    shapes: [...svg.querySelectorAll('path,polygon')].filter(visible).length, texts: texts.length,
    outside: texts.filter((t) => { const b = t.getBoundingClientRect();
      return b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 3 || b.bottom > box.bottom + 3;
    }).map((t) => t.textContent),
    text_size: Math.min(...texts.map((t) => t.getBoundingClientRect().height)),
    text_contrast: Math.min(...texts.map((t) => contrast(getComputedStyle(t).fill, card))),
    line_contrast: Math.min(...[...svg.querySelectorAll('path[stroke*="--c"]')].map(
      (p) => contrast(getComputedStyle(p).stroke, card)), 99)};
}
window.onload = () => {
  const scrolling = [...document.querySelectorAll('.scroll')].filter((s) => s.scrollWidth > s.clientWidth).length;
  document.querySelectorAll('details').forEach((d) => d.open = true);
  const too_wide = [...document.querySelectorAll('body *')].filter((e) => !e.closest('svg') &&
    !e.parentElement.closest('.scroll') && e.getBoundingClientRect().right > innerWidth + 0.5);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  parent.postMessage({width: innerWidth, scrolls: document.scrollingElement.scrollWidth > innerWidth,
    too_wide: too_wide.map((e) => e.tagName + '.' + e.className), errors: errors, scrolling: scrolling,
    requests: performance.getEntriesByType('resource').length,
    repeated_ids: ids.length - new Set(ids).size, lang: document.documentElement.lang,
    unscoped: document.querySelectorAll('th:not([scope])').length,
    background: getComputedStyle(document.body).backgroundColor,
    figures: [...document.querySelectorAll('figure')].map(describe)}, '*');
};
</script>"""

FRAMES = """<!DOCTYPE html><body><pre id="found"></pre><script>
const found = [];
window.onmessage = (e) => { found.push(e.data); if (found.length == %d)
  document.getElementById('found').textContent = 'FOUND' + JSON.stringify(found) + 'END'; };
</script>%s"""


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise Skip("no chromium, so nobody can look at the page")


def made_page(points):
    maker = os.path.join(os.path.abspath(programs.programs_dir), "..", "tests", "compare", "report_page_maker")
    made = subprocess.run([maker, str(points)], capture_output=True, timeout=120)
    if made.returncode == programs.SKIP:
        raise Skip(made.stderr.decode())
    assert made.returncode == 0, made.stderr
    return made.stdout.decode()


def looked_at(page, scheme="light"):
    """What the page looks like, by width."""
    chromium = browser()
    # The policy of the page forbids the probe, which is as it should be.
    page, policies = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert policies == 1
    with temporary_directory() as folder:
        with open(os.path.join(folder, "page.html"), "w", encoding="utf-8") as f:
            f.write(page.replace("</body>", PROBE + "</body>"))
        frames = "".join(f'<iframe src="page.html" style="border:0;width:{w}px;height:900px"></iframe>'
                         for w in WIDTHS)
        start = os.path.join(folder, "frames.html")
        with open(start, "w", encoding="utf-8") as f:
            f.write(FRAMES % (len(WIDTHS), frames))
        run = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
             f"--user-data-dir={folder}/profile", "--window-size=1800,1000", "--virtual-time-budget=20000",
             f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}", "--dump-dom",
             "file://" + start], capture_output=True, timeout=150)
    found = re.search(r"FOUND(.*?)END", run.stdout.decode(errors="replace"), re.S)
    assert found, f"the page said nothing: {run.stderr.decode(errors='replace')[-2000:]}"
    seen = {one["width"]: one for one in json.loads(html.unescape(found.group(1)))}
    assert sorted(seen) == sorted(WIDTHS), sorted(seen)
    return seen


def check_page(seen, wanted_figures):
    for width, one in seen.items():
        where = f"at {width} px: "
        assert one["errors"] == [], where + str(one["errors"])
        assert one["requests"] == 0, where + "the page asked the network"
        assert not one["scrolls"] and one["too_wide"] == [], where + f"wider than the window: {one['too_wide']}"
        assert width < 1000 or one["scrolling"] == 0, where + "a table does not fit"
        assert one["repeated_ids"] == 0, where + "ids are repeated"
        assert one["lang"] == "en" and one["unscoped"] == 0, where + str(one)
        assert [f["id"] for f in one["figures"]] == wanted_figures, where + str([f["id"] for f in one["figures"]])
        for f in one["figures"]:
            assert f["svg"] and f["width"] > 250 and f["height"] > 60, where + str(f)
            assert f["shapes"] >= 1 and f["texts"] >= 2 and f["label"], where + str(f)
            assert f["outside"] == [], where + f"text beyond the edge: {f}"
            assert f["text_size"] >= 9, where + f"too small to read: {f}"
            # WCAG 2.1, 1.4.3: 4.5 for text; lines need 3 (1.4.11).
            assert f["text_contrast"] >= 4.5 and f["line_contrast"] >= 3, where + f"too faint: {f}"


PLOTS = ["tail", "in-time", "time", "bursts", "bytes", "first"]


@case("every plot of the report is there in a browser wide and narrow")
def every_plot_is_there():
    check_page(looked_at(made_page(1)), PLOTS)


@case("the report can be read on a dark background too")
def dark():
    page = made_page(1)
    light, dark = looked_at(page)[1280], looked_at(page, "dark")
    assert light["background"] != dark[1280]["background"], light["background"]
    check_page(dark, PLOTS)


@case("the report of a sweep has its curves and every setting in a browser")
def sweep():
    wanted = ["sweep-p99", "sweep-in-time", "sweep-bytes", "sweep-first"]
    wanted += [f"p{i}-{plot}" for i in (1, 2) for plot in PLOTS]
    check_page(looked_at(made_page(2)), wanted)


if __name__ == "__main__":
    programs.main()
