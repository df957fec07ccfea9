import { Presets, SingleBar } from "cli-progress";

/** Runs that take longer than this show a bar. */
const PATIENCE_MS = 1000;

/** A bar on stderr, when it is a terminal and the run is long; nothing otherwise. */
export function progressBar(total: number): {
  update: (path: string, rows: number, of: number) => void;
  /** What was counted is done once more. */
  restart: () => void;
  stop: () => void;
} {
  const start = Date.now();
  let bar: SingleBar | undefined;
  let path = "",
    before = 0;
  return {
    update: (name, rows, of) => {
      if (name !== path) {
        if (path !== "") before += of;
        path = name;
      }
      if (!process.stderr.isTTY || Date.now() - start < PATIENCE_MS) return;
      if (!bar) {
        bar = new SingleBar(
          {
            format: "{bar} {percentage} % {path}",
            stream: process.stderr,
            clearOnComplete: true,
            // What is never switched off needs no switching on after a signal.
            hideCursor: false,
            linewrap: true,
          },
          Presets.shades_classic,
        );
        bar.start(total, 0, { path });
      }
      bar.update(before + rows, { path });
    },
    restart: () => {
      path = "";
      before = 0;
    },
    stop: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}
