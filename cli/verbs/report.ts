import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect, Option } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { Queries } from "../../runtime/index.ts"
import { gatherReport } from "../../serve/report/gather.ts"
import { fillReport } from "../../serve/report/page.ts"
import { clientFolder } from "../client-folder.ts"
import { attempt, refuseExisting, writeText } from "../copy/artifact.ts"
import { fileName } from "../copy/file-name.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { findRunByName, relativePath } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/** Writes a run as one page that opens from disk. */
export const report = Effect.fn("assay report")(
  function* ({ run, output, json }: Options<"report">) {
    const record = yield* findRunByName(Option.getOrElse(run, () => "~0"))
    const to = path.resolve(Option.getOrElse(output, () => `${fileName(record.pipeline)}.html`))
    if (Option.isSome(output)) yield* refuseExisting(to)
    const template = path.join(yield* clientFolder, "report.html")
    const page = yield* attempt(to, () => fs.readFile(template, "utf8"))
    const written = yield* writeText(to, fillReport(page, yield* gatherReport(record, manifest.version)))
    if (json) return yield* printJson({ run: record.run, ...written })
    yield* print(`${relativePath(written.path)}  ${formatBytes(written.bytes)}`)
  },
  Effect.provide(Queries.layer()),
  withRuntime,
)
