import { fileURLToPath } from "node:url";
import type { CommandModule } from "yargs";
import { packageUrl, readJson } from "../../files.js";
import { validationText } from "../../report/text/validation-text.js";
import { validationMarkdown } from "../../report/validation-markdown.js";
import { writeWhole } from "../../trace/container/write-whole.js";
import { checkPoints } from "../../validate/points.js";
import { type Validation, validate } from "../../validate/validate.js";
import { type JobsArgument, jobsOf, jobsOption, measuring } from "../parallel/in-parallel.js";
import { checkFiles } from "../support/files.js";
import { progressBar } from "../support/progress.js";
import { print, printJson, terminalWidth } from "../support/terminal.js";

interface Arguments extends JobsArgument {
  points: string | undefined;
  markdown: string | undefined;
  json: boolean;
}

export const validateCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    jobsOption(y)
      .option("points", {
        type: "string",
        describe: "document of points (default: the bundled published figures)",
      })
      .option("markdown", { type: "string", describe: "page to write" })
      .option("json", { type: "boolean", default: false, describe: "print the verdicts as JSON, alone" })
      .example("$0 validate", "every bundled figure: model, published, error, and what each miss means")
      .example("$0 validate --points mine.json", "your own figures (docs/points.md says how to write them)")
      .example("$0 validate --markdown docs/validation.md", "the page of the documentation"),
  handler: (a) => {
    checkFiles("validate", [a.points], [a.markdown]);
    const file = a.points ?? fileURLToPath(packageUrl("points/published.json")),
      points = checkPoints(readJson(file), a.points ?? "points/published.json");
    const progress = progressBar(points.points.length),
      jobs = jobsOf(a.jobs);
    let validation: Validation;
    try {
      validation = validate(points, {
        measure: measuring(points.points, jobs),
        onPoint: (done) => progress.update("points", done, points.points.length),
      });
    } finally {
      progress.stop();
    }
    if (a.markdown !== undefined) {
      const command =
          "verbscope " +
          `validate${a.points === undefined ? "" : ` --points ${a.points}`} ` +
          `--markdown ${a.markdown}`,
        page = validationMarkdown(validation, command);
      writeWhole(a.markdown, (sink) => sink(Buffer.from(page)));
    }
    if (a.json) printJson(`${JSON.stringify(validation, null, 2)}\n`);
    else print(validationText(validation, terminalWidth()));
  },
};
