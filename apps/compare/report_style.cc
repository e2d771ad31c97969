// SPDX-License-Identifier: MIT
#include "apps/compare/report_style.h"

namespace dgram::app::compare {

// The contenders' colours follow Okabe and Ito (2008), who chose theirs so that the colour-blind tell them
// apart, darker on white and lighter on black until each has a contrast of 4.5:1.
const std::string_view report_style = R"css(
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1b1e22;--muted:#5d6570;--rule:#e4e6ea;--loss:#c9252d;
--warn:#8a5a00;--warn-bg:#fff6e0;--good:#e8f3ec;
--c1:#946300;--c2:#0068b5;--c3:#c4460a;--c4:#a24a8c;--c5:#007d59;--c6:#2078ad;--c7:#5b5f66;--c8:#7c4f2c}
@media (prefers-color-scheme:dark){:root{--bg:#131518;--card:#1a1d21;--ink:#e7e9ec;--muted:#9ba3ae;--rule:#2e3339;
--loss:#ff6b70;--warn:#f3c969;--warn-bg:#2c2613;--good:#183226;
--c1:#efb73e;--c2:#5ab2f7;--c3:#ff8a5c;--c4:#de92c8;--c5:#3fca9f;--c6:#a5d8fb;--c7:#b4b9c1;--c8:#cf9f78}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:1180px;margin:0 auto;padding:0 24px}
header{padding-top:40px}
h1{font-size:30px;line-height:1.2;letter-spacing:-.015em;margin:0 0 8px;font-weight:680}
h2{font-size:21px;line-height:1.3;letter-spacing:-.01em;margin:44px 0 12px;font-weight:650}
p{margin:0 0 12px}
.lead{color:var(--muted);margin:0}
.verdict{font-size:20px;line-height:1.5;margin:26px 0 20px;padding:2px 0 2px 20px;border-left:4px solid var(--c2);max-width:60em}
.verdict small{display:block;font-size:16px;line-height:1.55;color:var(--muted);margin-top:8px}
.warnings li::first-letter{text-transform:uppercase}
.warnings{list-style:none;margin:0 0 20px;padding:10px 16px;background:var(--warn-bg);color:var(--warn);border-radius:8px;font-size:15px}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:10px;margin:0 0 10px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:10px 11px;text-align:right;white-space:nowrap;border-top:1px solid var(--rule);vertical-align:top}
thead th{border-top:0;vertical-align:bottom;font-size:14px;font-weight:600}
th:first-child{text-align:left}
tbody th{font-weight:500}
th small,td small{display:block;font-size:12.5px;font-weight:400;color:var(--muted)}
td.best{background:var(--good)}
i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:8px;flex:none}
.note{font-size:14px;color:var(--muted);max-width:60em}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:20px;margin:24px 0}
figure{margin:0;padding:18px 18px 14px;background:var(--card);border:1px solid var(--rule);border-radius:10px;min-width:0}
figure h3{font-size:17px;line-height:1.3;margin:0 0 8px;font-weight:640}
figure svg{display:block;width:100%;height:auto;max-width:600px;margin:0 auto;color:var(--ink);overflow:hidden}
figure svg text{font-family:inherit}
figcaption{font-size:14px;color:var(--muted);margin-top:8px}
figcaption p{margin:0 0 6px}
figcaption .seen{color:var(--ink)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:0 0 8px;padding:0;font-size:13.5px}
.legend li{display:flex;align-items:center}
.missing{padding:28px 16px;border:1px dashed var(--rule);border-radius:8px;color:var(--muted);text-align:center;font-size:14.5px}
details{border-top:1px solid var(--rule);padding:4px 0}
details:last-of-type{border-bottom:1px solid var(--rule)}
summary{cursor:pointer;padding:10px 0;font-weight:600}
details>:not(summary){margin-bottom:16px}
dl{display:grid;grid-template-columns:minmax(120px,max-content) 1fr;gap:5px 20px;margin:0;font-size:15px}
dt{color:var(--muted)}dd{margin:0;font-variant-numeric:tabular-nums}
pre{margin:0 0 12px;padding:12px 16px;background:var(--card);border:1px solid var(--rule);border-radius:8px;white-space:pre-wrap;
font:14px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
footer{padding-top:28px;padding-bottom:48px;color:var(--muted);font-size:14px}
@media (max-width:560px){main,header,footer{padding-left:16px;padding-right:16px}header{padding-top:24px}h1{font-size:25px}
.verdict{font-size:18px;padding-left:14px}th,td{padding:9px 11px}tbody th:first-child{position:sticky;left:0;background:var(--card)}
tbody th:first-child{white-space:normal;min-width:8.5em}
figure{padding:14px 9px 10px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{:root{color-scheme:light}body{background:#fff}figure{break-inside:avoid}}
)css";

}  // namespace dgram::app::compare
