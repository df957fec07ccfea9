import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import type { Seen } from "./nesting.js";

/** What speedscope made of a file, and all that it said against it. */
export interface Opened {
  complaints: string[];
  /** Frames of all profiles: speedscope has its own for each. */
  frames: string[];
  profiles: { name: string; unit: string; total: number; slices: Seen[] }[];
}
/** The file that speedscope saves: what it holds in memory, one event for each begin and end. */
interface Saved {
  shared: { frames: { name: string }[] };
  profiles: {
    type: string;
    name: string;
    unit: string;
    startValue: number;
    endValue: number;
    events: { type: "O" | "C"; frame: number; at: number }[];
  }[];
}

const INDEX = createRequire(import.meta.url).resolve("speedscope/dist/release/index.html");
// Speedscope draws with WebGL, and imports nothing without: SwiftShader is Chromium's own, in software.
const ARGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"].concat([
  "--disable-component-update",
  "--disable-sync",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
]);

export function launched(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  try {
    accessSync(executablePath, constants.X_OK);
  } catch {
    throw new Error(
      `no browser at ${executablePath}; install Chromium (Debian: ` +
        "apt-get install chromium) or name it with CHROMIUM=path",
    );
  }
  return chromium.launch({ executablePath, args: ARGS });
}

/** Opens a file in speedscope as a person would, looks at its three views and saves what it then has. */
export async function opened(browser: Browser, name: string, content: string): Promise<Opened> {
  const page = await browser.newPage({ acceptDownloads: true }),
    complaints: string[] = [];
  page.setDefaultTimeout(0);
  page.on("console", (m) => ["warning", "error"].includes(m.type()) && complaints.push(m.text()));
  page.on("pageerror", (e) => complaints.push(e.message));
  await page.goto(pathToFileURL(INDEX).href);
  const refused = new Promise<never>((_, reject) => {
    page.on("dialog", (d) => reject(new Error(d.message())));
    page.on("console", (m) => m.text().startsWith("Failed to load") && reject(new Error(m.text())));
  });
  const read = page.waitForEvent("console", (m) => m.text().startsWith("import:"));
  await page.setInputFiles("#file", { name, mimeType: "text/plain", buffer: Buffer.from(content) });
  await Promise.race([read, refused]);
  for (const view of ["2", "3", "1"]) await page.keyboard.press(view);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Control+s")]),
    saved = JSON.parse(readFileSync(await download.path(), "utf8")) as Saved;
  await page.close();
  const frames = saved.shared.frames.map((f) => f.name);
  return {
    complaints,
    frames,
    profiles: saved.profiles.map((p) => ({
      name: p.name,
      unit: p.unit,
      total: p.endValue - p.startValue,
      slices: slices(p.events, frames),
    })),
  };
}

function slices(events: Saved["profiles"][number]["events"], frames: readonly string[]): Seen[] {
  const open: Seen[] = [],
    all: Seen[] = [];
  for (const { type, frame, at } of events) {
    if (type === "C") {
      open.pop()!.end = at;
      continue;
    }
    const around = open.at(-1)?.stack,
      slice = {
        stack: around === undefined ? frames[frame]! : `${around} > ${frames[frame]}`,
        start: at,
        end: -1,
      };
    open.push(slice);
    all.push(slice);
  }
  return all;
}
