// The HTML report in a browser: it loads nothing, says nothing on the
// console, fits every width, prints, and is accessible.
// Run after a build: node tools/check/html.mjs [folder for screenshots].
// Needs Chromium: CHROMIUM=path, or /usr/bin/chromium.
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { pages } from "./html-pages.mjs";
import { labelFaults } from "./label-faults.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
try {
  accessSync(executablePath, constants.X_OK);
} catch {
  console.error(
    `html: no browser at ${executablePath}; install Chromium (Debian: ` +
      "apt-get install chromium) or name it with CHROMIUM=path",
  );
  process.exit(1);
}
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const WIDTHS = [400, 1600],
  SCHEMES = ["light", "dark"],
  LEAST_PDF = 10_000;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [shots] = process.argv.slice(2);
if (shots) mkdirSync(shots, { recursive: true });

const problems = [],
  folder = mkdtempSync(join(tmpdir(), "verbscope-html-"));
const browser = await chromium.launch({ executablePath, args: ARGS });

async function check({ name, accessible }, file, width, colorScheme) {
  const url = pathToFileURL(file).href,
    at = `${name}, ${width} px, ${colorScheme}`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme }),
    page = await context.newPage();
  page.on("console", (m) => problems.push(`${at}: console: ${m.text()}`));
  page.on("pageerror", (e) => problems.push(`${at}: ${e.message}`));
  page.on("dialog", (d) => problems.push(`${at}: a dialog: ${d.message()}`) && d.dismiss());
  page.on(
    "request",
    (r) => r.url() !== url && !r.url().startsWith("data:") && problems.push(`${at}: requests ${r.url()}`),
  );
  await page.goto(url);
  const fits = async (how) => {
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (over > 0) problems.push(`${at}${how}: ${over} px wider than the window`);
  };
  await fits("");
  if (shots)
    await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  for (const fault of await page.evaluate(labelFaults)) problems.push(`${at}: ${fault}`);
  // Everything open: what is folded away must be as good.
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  await fits(", all open");
  if (!accessible) return context.close();
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  for (const v of violations.filter((v) => ["serious", "critical"].includes(v.impact)))
    problems.push(
      `${at}: ${v.id} (${v.impact}): ${v.help}: ${v.nodes
        .slice(0, 3)
        .map((n) => n.target.join(" "))
        .join("; ")}`,
    );
  await context.close();
}
async function prints(name, file) {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  const pdf = await page.pdf({ format: "A4" });
  if (pdf.subarray(0, 5).toString() !== "%PDF-" || pdf.length < LEAST_PDF)
    problems.push(`${name}: prints ${pdf.length} bytes that are not a PDF`);
  if (shots) writeFileSync(join(shots, `${name}.pdf`), pdf);
  await page.close();
}

let checked = 0;
try {
  for (const page of pages()) {
    const { name } = page,
      file = join(folder, `${name}.html`);
    writeFileSync(file, page.html);
    for (const width of WIDTHS)
      for (const scheme of SCHEMES)
        await check(
          { ...page, accessible: page.accessible && (width === WIDTHS[0]) === (scheme === SCHEMES[1]) },
          file,
          width,
          scheme,
        );
    await prints(name, file);
    checked++;
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
for (const p of problems) console.error(p);
if (problems.length > 0) process.exitCode = 1;
else
  console.log(
    `html: ${checked} pages at ${WIDTHS.join(" and ")} px, light and dark: no requests, ` +
      "no console messages, nothing cut off, no serious accessibility fault; they print",
  );
