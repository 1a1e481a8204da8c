import { Effect } from "effect"
import { refusal, variables, type Workplace } from "./download.ts"
import { runTool } from "./tools.ts"

/**
 * A file of an archive whose name matches the whole pattern is written to `to`, where \1 is a
 * group.
 */
export interface Rule {
  readonly from: string
  readonly to: string
}

/** Python is there, because pip is; Node reads neither archive by itself. */
const script = `
import json, os, re, shutil, sys, tarfile, zipfile
archive, target = sys.argv[1], sys.argv[2]
rules = [(re.compile(rule["from"]), rule["to"]) for rule in json.loads(sys.argv[3])]
def put(name, open_source):
    for pattern, to in rules:
        match = pattern.fullmatch(name)
        if match is None: continue
        path = os.path.join(target, match.expand(to))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open_source() as source, open(path, "wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 24)
            copy.flush()
            os.fsync(copy.fileno())
        return
if archive.endswith(".tgz"):
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile(): put(member.name, lambda: tar.extractfile(member))
else:
    with zipfile.ZipFile(archive) as wheel:
        for member in wheel.infolist():
            if not member.is_dir(): put(member.filename, lambda: wheel.open(member))
`

/** Writes those files of an archive to a folder that the rules name, on the disk for good. */
export const unpack = Effect.fn("unpack")(function* (
  archive: string,
  { rules, folder }: { readonly rules: ReadonlyArray<Rule>; readonly folder: string },
  workplace: Workplace,
) {
  const ended = yield* Effect.orDie(
    runTool(["python3", "-I", "-c", script, archive, folder, JSON.stringify(rules)], workplace.draft, variables(workplace)),
  )
  if (ended.code !== 0) return yield* refusal(workplace, `python3 cannot unpack ${archive}`, ended)
})
