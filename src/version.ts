import { packageText } from "./files.js";

/** Version of the package, for results and `--version`. */
export const version = (): string => (JSON.parse(packageText("package.json")) as { version: string }).version;
