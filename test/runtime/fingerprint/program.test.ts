import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { afterAll, describe, expect, test } from "vitest"
import { type CommandOptions, readCommand } from "../../../dsl/connection.ts"
import { fileDigests } from "../../../runtime/disk/file-digest.ts"
import { sha256 } from "../../../runtime/disk/sha256.ts"
import { type ProgramCode, readProgram } from "../../../runtime/fingerprint/program.ts"

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-program-")))
afterAll(() => fs.rmSync(root, { recursive: true, force: true }))

const write = (file: string, text: string, mode = 0o644): void => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  fs.writeFileSync(path.join(root, file), text, { mode })
}

const read = (options: Partial<CommandOptions>): Promise<ProgramCode> =>
  Effect.runPromise(
    readProgram("stage train", readCommand("stage train", { run: ["sh", "train.sh"], ...options }), {
      projectRoot: root,
      digests: fileDigests(null),
    }),
  )

test("the identity is the arguments, files by content, and the environment by what it says", async () => {
  write("train.sh", "echo")
  write("src/b.py", "b")
  write("src/a.py", "a")
  write("uv.lock", "lock")
  const { identity } = await read({
    files: ["train.sh", "src", "src/a.py"],
    environment: { image: "sha256:1", packages: { file: "uv.lock" }, shell: { output: ["sh", "-c", "echo; echo '  5.2 '"] } },
  })
  expect(identity).toEqual({
    run: ["sh", "train.sh"],
    files: { "src/a.py": sha256("content", "a"), "src/b.py": sha256("content", "b"), "train.sh": sha256("content", "echo") },
    environment: { image: "sha256:1", packages: sha256("content", "lock"), shell: "5.2" },
  })
})

test("what an interpreter derives from sources, and hidden files, do not count as files of a folder", async () => {
  write("lib/train.py", "code")
  const { identity } = await read({ files: ["lib"] })
  for (const file of ["lib/__pycache__/train.pyc", "lib/.DS_Store", "lib/node_modules/x/index.js"]) write(file, "derived")
  expect((await read({ files: ["lib"] })).identity).toEqual(identity)
})

test("a link is what it leads to", async () => {
  write("real.py", "code")
  fs.symlinkSync("real.py", path.join(root, "link.py"))
  const { files } = await read({ files: ["link.py"] })
  expect(files).toEqual([{ name: "link.py", path: path.join(root, "real.py"), sha256: sha256("content", "code"), isExecutable: false }])
})

test("a file that may be executed may be in the copy", async () => {
  write("run.sh", "#!/bin/sh", 0o755)
  expect((await read({ files: ["run.sh"] })).files[0]?.isExecutable).toBe(true)
})

test("a version command runs once per process, in the project root, with a fixed environment", async () => {
  process.env.TEST_UNDECLARED = "undeclared"
  const output = ["sh", "-c", "echo x >> counted; pwd; echo $TZ $LANG [$TEST_UNDECLARED]"]
  const { versions } = await read({ environment: { a: { output } } })
  await read({ environment: { b: { output } } })
  delete process.env.TEST_UNDECLARED
  expect(versions).toEqual([{ name: "a", command: output, printed: `${root}\nUTC C.UTF-8 []` }])
  expect(fs.readFileSync(path.join(root, "counted"), "utf8")).toBe("x\n")
})

test("a version that is printed on stderr counts where nothing is on stdout, as Java's is", async () => {
  const { versions } = await read({ environment: { java: { output: ["sh", "-c", "echo 21 >&2"] } } })
  expect(versions[0]?.printed).toBe("21")
})

describe("what is missing is said before anything runs, with its place and what to do", () => {
  test.each([
    [
      "a file whose name is mistyped",
      { files: ["trian.py"] },
      "ProgramFileMissing",
      /^stage train: files names "trian\.py", which was not found in .*; beside it: .*train\.sh/,
    ],
    [
      "a folder without files",
      { files: ["empty"] },
      "ProgramFileMissing",
      /^stage train: files names "empty", which is a folder without files/,
    ],
    [
      "a lockfile",
      { environment: { packages: { file: "poetry.lock" } } },
      "ProgramFileMissing",
      /^stage train: environment\.packages names "poetry\.lock", which was not found/,
    ],
    [
      "a lockfile that is a folder",
      { environment: { packages: { file: "lib2" } } },
      "ProgramFileMissing",
      /environment\.packages names "lib2", which is a folder: name one file/,
    ],
    [
      "a version command that is not installed",
      { environment: { python: { output: ["no-such-python", "--version"] } } },
      "EnvironmentUnknown",
      /^stage train: environment\.python is what "no-such-python --version" prints, and it was not found\. Without it no result can be found or kept: make it run in /,
    ],
    [
      "a version command that fails",
      { environment: { torch: { output: ["sh", "-c", "echo 'No module named torch' >&2; exit 1"] } } },
      "EnvironmentUnknown",
      /and it ended with exit code 1: No module named torch\. /,
    ],
    [
      "a version command that says nothing",
      { environment: { x: { output: ["true"] } } },
      "EnvironmentUnknown",
      /and it printed nothing\. /,
    ],
  ])("%s", async (_, options, tag, message) => {
    fs.mkdirSync(path.join(root, "empty"), { recursive: true })
    write("lib2/a.py", "a")
    write("lib2/b.py", "b")
    await expect(read(options)).rejects.toMatchObject({ _tag: tag, message: expect.stringMatching(message) })
  })
})
