import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { command, contents, type Ended, filesUnder, openToy, pipeline, startProcess, type Toy } from "./toy.ts"

const works = (command: string, ...arguments_: ReadonlyArray<string>): boolean => {
  try {
    execFileSync(command, arguments_, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Whether this machine lets us mount a file system in a name space of our own. */
const canMount = works("unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt")

/** Without this right, root too may write only what permissions allow. */
const bound = ["--inh-caps", "-dac_override", "--bounding-set", "-dac_override"]
const isRoot = process.getuid?.() === 0
const canBind = isRoot && works("setpriv", ...bound, "true")

/**
 * Whether permissions, or a mount, keep a command from writing: not root's, where it can be given
 * neither.
 */
const canRefuse = canMount || canBind || !isRoot

const shell = (toy: Toy, script: string): Promise<Ended> => {
  const [command, ...arguments_] = canMount ? ["unshare", "-rm", "sh"] : canBind ? ["setpriv", ...bound, "sh"] : ["sh"]
  return startProcess(command as string, [...arguments_, "-c", script], toy.root, {}).ended
}

/**
 * A store on a disk of a few hundred kilobytes; where nothing can be mounted, one that refuses
 * files of more than that.
 */
const smallDisk = (then: string): string =>
  canMount ? `mkdir -p .assay && mount -t tmpfs -o size=600k tmpfs .assay && { ${then}; }` : `ulimit -f 300; ${then}`

test("a full disk fails the run with a reason and a way out, leaves what was finished whole, and with room all is well", async () => {
  const toy = openToy()
  const aside = path.join(toy.root, "aside")
  const { stdout, stderr } = await shell(
    toy,
    smallDisk(`${command(["run", "pipeline.ts"])}; echo "code $?"; rm -rf .assay/tmp; mkdir -p '${aside}'; cp -r .assay/. '${aside}'`),
  )
  expect(stdout).toMatch(/code 3$/m)
  expect(stderr).toMatch(/ENOSPC|no space left|EFBIG|File too large/i)
  expect(stderr).not.toContain("internal error")
  const left = contents(aside)
  expect(left.size).toBeLessThan(7)
  fs.rmSync(path.join(toy.root, ".assay"), { recursive: true, force: true })
  fs.renameSync(aside, path.join(toy.root, ".assay"))
  expect((await toy.start(["run", "pipeline.ts"]).ended).code).toBe(0)
  const all = contents(`${toy.root}/.assay`)
  expect(all.size).toBe(7)
  for (const [key, content] of left) expect(all.get(key)).toBe(content)
})

test("a store that cannot be written can be read: plan, why, ls, show and export answer, and run refuses before it computes", async () => {
  const toy = openToy(pipeline(100, 1))
  expect((await toy.start(["run", "pipeline.ts"]).ended).code).toBe(0)
  const before = contents(`${toy.root}/.assay`)
  const readOnly = canMount ? "mount --bind .assay .assay && mount -o remount,bind,ro .assay" : "chmod -R a-w .assay"
  const reading = [["why", "all"], ["ls"], ["show", "all"], ["export", "all", "out"], ["doctor"]]
  const writing = [
    ["run", "pipeline.ts"],
    ["gc", "--runs", "0"],
    ["pin", "all"],
  ]
  const { stdout, stderr } = await shell(
    toy,
    [
      readOnly,
      `${command(["plan", "--json"])} | grep -c '"verdict":"run"' || true`,
      ...[...reading, ...(canRefuse ? writing : [])].map((verb) => `${command(verb)} > /dev/null; echo "${verb[0]} $?"`),
    ].join("\n"),
  )
  expect(stdout.trim().split("\n")).toEqual([
    "0",
    ...reading.map(([verb]) => `${verb} 0`),
    ...(canRefuse ? writing.map(([verb]) => `${verb} 3`) : []),
  ])
  expect(stderr.match(/cannot be written/g) ?? []).toHaveLength(canRefuse ? 3 : 0)
  expect(contents(`${toy.root}/.assay`)).toEqual(before)
})

const flip = (file: string): void => {
  const bytes = fs.readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  fs.chmodSync(file, 0o644)
  fs.writeFileSync(file, bytes)
}

const truncate = (file: string): void => {
  fs.chmodSync(file, 0o644)
  fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2))
}

test("a flipped bit or a cut in any file of the store, of any kind, is never fatal and never reaches a result", async () => {
  const toy = openToy(pipeline(100, 1))
  const run = async () => {
    const ended = await toy.start(["run", "pipeline.ts"]).ended
    expect(ended.code, ended.stderr).toBe(0)
    return ended
  }
  await run()
  expect((await toy.start(["pin", "all"]).ended).code).toBe(0)
  const store = `${toy.root}/.assay`
  const expected = contents(store)
  const kinds = [...new Set(filesUnder(store).map((file) => path.relative(store, file).split(path.sep)[0] ?? ""))]
  expect(kinds).toEqual(expect.arrayContaining(["objects", "results", "runs", "code", "pins"]))
  for (const damage of [flip, truncate]) {
    for (const kind of kinds) {
      if (kind === "cache" || kind === "quarantine") continue
      const files = filesUnder(path.join(store, kind))
      for (const file of files) damage(file)
      expect((await toy.start(["plan", "pipeline.ts"]).ended).code, `plan, ${kind}`).toBe(0)
      await run()
      // Every byte that a reader could get is looked at.
      const verified = await toy.start(["verify", "pipeline.ts"]).ended
      if (verified.code !== 0) {
        expect(verified.stdout).toMatch(/^damaged/m)
        await run()
      }
      expect(contents(store), `${damage.name} of ${kind}`).toEqual(expected)
      expect((await toy.start(["gc"]).ended).code, `gc, ${kind}`).toBe(0)
    }
  }
})
