import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, onTestFinished, test, vi } from "vitest"
import { hasEnded, thisProcess } from "../../../runtime/disk/process.ts"
import { layout } from "../../../runtime/store/layout.ts"
import { isSilent, leases } from "../../../runtime/store/workspace/lease.ts"
import { sinceAfter, usedSince } from "../../../runtime/store/workspace/presence.ts"
import { prepare } from "../../../runtime/store/workspace/temporary.ts"

const key = "a".repeat(64)

const store = () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-lease-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return layout(root)
}

const write = (file: string, text: string, secondsAgo = 0): void => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  const date = new Date(Date.now() - secondsAgo * 1000)
  fs.utimesSync(file, date, date)
}

const isTaken = (places: ReturnType<typeof layout>, from = leases(places)): Promise<boolean> =>
  Effect.runPromise(Effect.scoped(from.tryLease(key)))

/** Our own host name and process id, in a container that we do not see into. */
const elsewhere = { ...thisProcess(), namespace: "pid:[1]" }

/**
 * The process that had our id before us: the container was started again, or ids have come round.
 */
const before = { ...thisProcess(), started: "1" }

const later = (seconds: number): void => {
  const now = performance.now()
  vi.spyOn(performance, "now").mockReturnValue(now + seconds * 1000)
  onTestFinished(() => void vi.restoreAllMocks())
}

test("a process is known by more than its id", async () => {
  expect(hasEnded(thisProcess())).toBe(false)
  expect(hasEnded(before)).toBe(true)
  expect(hasEnded({ host: os.hostname(), pid: 2 ** 22 + 1 })).toBe(true)
  expect(hasEnded(elsewhere)).toBe(false)
  expect(hasEnded({ ...thisProcess(), boot: "another" })).toBe(false)
  expect(hasEnded({ host: "another", pid: process.pid })).toBe(false)
})

test("a zombie has ended", async () => {
  const parent = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 60"])
  onTestFinished(() => void parent.kill("SIGKILL"))
  const [line] = (await once(parent.stdout, "data")) as [Buffer]
  const pid = Number(line.toString())
  await expect.poll(() => fs.readFileSync(`/proc/${pid}/stat`, "utf8"), { timeout: 20_000 }).toContain(") Z ")
  const started = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19] ?? ""
  expect(hasEnded({ ...thisProcess(), pid, started })).toBe(true)
})

test("process 1 of a container that was killed and started again takes its own lease over at once", async () => {
  const places = store()
  write(places.lease(key), JSON.stringify(before))
  expect(await isTaken(places)).toBe(true)
  expect(fs.readdirSync(places.leases)).toEqual([])
})

test("a lease of a process that we do not see into is its own while it gives signs of life, and ours after twenty silent seconds", async () => {
  const places = store()
  const ours = leases(places)
  write(places.lease(key), JSON.stringify({ ...elsewhere, since: "2026-01-01T00:00:00.000Z" }))
  expect(await isTaken(places, ours)).toBe(false)
  expect(ours.holder(key)).toMatchObject({ pid: process.pid, since: "2026-01-01T00:00:00.000Z" })
  later(19)
  write(places.lease(key), JSON.stringify(elsewhere), -1)
  expect(await isTaken(places, ours)).toBe(false)
  later(19)
  expect(await isTaken(places, ours)).toBe(false)
  later(2)
  expect(await isTaken(places, ours)).toBe(true)
})

test("one that is dated as stale is watched for a moment: the clock may have been set, or the machine have slept", async () => {
  const places = store()
  const ours = leases(places)
  write(places.lease(key), JSON.stringify(elsewhere), 3000)
  expect(await isTaken(places, ours)).toBe(false)
  later(4)
  expect(await isTaken(places, ours)).toBe(false)
  later(2)
  expect(await isTaken(places, ours)).toBe(true)
})

test.each([
  [{ ageSeconds: 1, unchangedSeconds: 19 }, false],
  [{ ageSeconds: -3600, unchangedSeconds: 21 }, true],
  [{ ageSeconds: 3600, unchangedSeconds: 0 }, false],
  [{ ageSeconds: 25, unchangedSeconds: 6 }, true],
])("a lease %j is silent: %s", (seen, silent) => {
  expect(isSilent(seen)).toBe(silent)
})

test("a process that lost its lease does not release the one that another has taken", async () => {
  const places = store()
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        expect(yield* leases(places).tryLease(key)).toBe(true)
        fs.rmSync(places.lease(key))
        write(places.lease(key), JSON.stringify(elsewhere))
      }),
    ),
  )
  expect(JSON.parse(fs.readFileSync(places.lease(key), "utf8"))).toEqual(elsewhere)
})

test("preparing a store clears what dead processes left, and nothing of a living namesake in another container", async () => {
  const places = store()
  const [dead, living, silent] = ["0".repeat(12), "1".repeat(12), "2".repeat(12)]
  write(places.process(dead), JSON.stringify(before))
  write(places.process(living), JSON.stringify(elsewhere), 3600)
  write(places.process(silent), JSON.stringify(elsewhere), 90_000)
  for (const tag of [dead, living, silent, "3".repeat(12)]) write(`${places.temporary}/process-${tag}.abc/half.parquet`, "half", 100_000)
  write(`${places.temporary}/${os.hostname()}.${2 ** 22 + 1}.x/half.parquet`, "half")
  write(`${places.temporary}/another.1.x/half.parquet`, "half")
  write(places.lease(key), JSON.stringify(before))
  write(places.lease("b".repeat(64)), JSON.stringify(elsewhere), 30)
  await Effect.runPromise(prepare(places, leases(places)))
  expect(fs.readdirSync(places.temporary).sort()).toEqual(["another.1.x", `process-${living}.abc`])
  expect(fs.readdirSync(places.leases)).toEqual(["b".repeat(64)])
})

test("where a clock was set back, what a run looked at since stays", () => {
  const places = store()
  expect(usedSince(places)).toBeLessThan(Date.now())
  expect(usedSince(places)).toBeGreaterThan(Date.now() - 1000)
  write(places.running("a"), JSON.stringify({ ...elsewhere, since: 1000 }))
  expect(usedSince(places)).toBe(1000)
  write(places.running("a"), JSON.stringify({ ...elsewhere, since: 1000 }), 60)
  expect(usedSince(places)).toBeGreaterThan(1000)
  write(places.running("a"), JSON.stringify({ ...thisProcess(), since: 2000 }), 60)
  expect(usedSince(places)).toBe(2000)
  write(places.running("a"), JSON.stringify({ ...before, since: 2000 }))
  expect(usedSince(places)).toBeGreaterThan(2000)
  expect(fs.readdirSync(places.runningRuns)).toEqual([])
  // Its last sign of life lies in the future: it is unknown what it has looked at since the clock
  // was set back.
  write(places.running("b"), JSON.stringify({ ...elsewhere, since: Date.now() }), -3600)
  expect(usedSince(places)).toBe(Number.NEGATIVE_INFINITY)
})

test("a run whose clock is set back counts from before the moment at which it was", () => {
  const at = (monotonic: number, clock: number) => ({ monotonic, clock })
  expect(sinceAfter(5000, at(0, 10_000), at(2000, 12_000))).toBe(5000)
  expect(sinceAfter(5000, at(0, 10_000), at(2000, 3_600_000))).toBe(5000)
  expect(sinceAfter(5000, at(0, 10_000), at(2000, 4000))).toBe(1900)
})
