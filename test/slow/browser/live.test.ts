/** A run that goes on meanwhile, and a server that does not. */

import type { ChildProcess } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { chromium } from "./chromium.ts"
import { slowSteps, writeProject } from "./project.ts"
import { walk } from "./walker.ts"
import { openTab, type Server, slowly, startBrowser, startCommand, startServer } from "./world.ts"

/** Of its own: in the store of the other tests the newest run is one that has ended. */
let project: string

/** What the slow stage printed so far, each line with its time in seconds. */
const printedLines = (): ReadonlyArray<{ readonly at: number; readonly text: string }> => {
  const folder = path.join(project, ".assay/journals")
  const newest = fs.readdirSync(folder).toSorted().at(-1) ?? ""
  const lines = fs.readFileSync(path.join(folder, newest), "utf8").split("\n").slice(0, -1)
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ type, id }) => type === "stage.output" && id === "slow")
    .map(({ at, text }) => ({ at: at / 1000, text }))
}

const stepOf = (text: string): number => Number(/has done (\d+) steps/.exec(text)?.[1])

/** "1 min 04 s" in seconds. */
const secondsOf = (text: string): number =>
  [...text.matchAll(/([\d.]+) (h|min|s)\b/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * ({ h: 3600, min: 60, s: 1 }[unit ?? ""] ?? 0),
    0,
  )

describe.skipIf(chromium === null)("while a run goes on", () => {
  let server: Server
  let browser: Browser
  let run: ChildProcess
  beforeAll(async () => {
    project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-browser-live-")))
    writeProject(project)
    server = await startServer(project)
    browser = await startBrowser()
    run = startCommand(project, "run", "going-on.ts")
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    const ended = new Promise((resolve) => run?.once("exit", resolve))
    if (run?.kill("SIGINT")) await ended
    if (project !== undefined) fs.rmSync(project, { recursive: true, force: true })
  })

  test("its time left is on the first page, and the log of its slowest stage one click away, line by line", async () => {
    const { page, context, complaints } = await openTab(browser, server)
    const walker = walk(page)
    const panel = page.getByRole("region", { name: /going-on/ })
    await expect.poll(() => panel.getByText(/about .* left/).count(), slowly).toBeGreaterThan(0)
    await expect.poll(() => printedLines().length, slowly).toBeGreaterThan(4)
    const [first, ...others] = printedLines()
    const last = others.at(-1)
    const rate = (stepOf(last?.text ?? "") - stepOf(first?.text ?? "")) / ((last?.at ?? 0) - (first?.at ?? 0))
    const expected = (slowSteps - stepOf(last?.text ?? "")) / rate
    const shown = secondsOf(
      (await panel
        .getByText(/^about .* left$/)
        .first()
        .innerText()) ?? "",
    )
    expect(shown).toBeGreaterThan(expected * 0.6)
    expect(shown).toBeLessThan(expected * 1.6)

    await walker.click(panel.getByRole("list").getByRole("link").first())
    const log = page.getByRole("region", { name: /^Log,/ })
    await expect.poll(() => log.innerText(), slowly).toContain("slow has done 20 steps")
    const before = printedLines().length
    // What is printed from now on appears without anything being done.
    await expect.poll(() => printedLines().length, slowly).toBeGreaterThan(before + 2)
    const lines = printedLines().map(({ text }) => text)
    await expect.poll(() => log.innerText(), slowly).toContain(lines.at(-1))
    const inLog = (await log.innerText()).match(/slow has done \d+ steps/g) ?? []
    expect(inLog.slice(0, lines.length)).toEqual(lines)
    expect(walker.clicks()).toBeLessThanOrEqual(3)
    expect(complaints).toEqual([])
    await context.close()
  })

  test("a server that does not answer is said to be gone, and the page goes on when it answers again", async () => {
    const { page, context } = await openTab(browser, server)
    const panel = page.getByRole("region", { name: /going-on/ })
    await panel.getByText(/of 2 stages/).waitFor()
    await context.setOffline(true)
    await context.route("**/*", (route) => route.abort().catch(() => {}))
    await page.getByRole("link", { name: "Curves", exact: true }).click()
    await expect
      .poll(() => page.getByRole("status").allInnerTexts(), slowly)
      .toContainEqual(expect.stringContaining("The server does not answer"))
    await context.unroute("**/*")
    await context.setOffline(false)
    await expect.poll(() => page.getByText("The server does not answer").count(), slowly).toBe(0)
    await expect.poll(() => page.getByRole("heading", { level: 1 }).innerText(), slowly).toBe("Curves")
    await page.getByRole("link", { name: "Runs", exact: true }).click()
    await expect.poll(() => panel.getByText(/of 2 stages/).count(), slowly).toBe(1)
    await context.close()
  })

  test("a server that was started again has another token: the page says how to go on", async () => {
    const first = await startServer(project)
    const { page, context } = await openTab(browser, first)
    const port = new URL(first.url).port
    await first.stop()
    await expect.poll(() => page.getByText("The server does not answer").count(), slowly).toBe(1)
    const second = await startServer(project, "--port", port)
    await expect.poll(() => page.getByRole("heading", { level: 1 }).innerText(), slowly).toBe("This browser has not shown its token")
    await page.goto(second.address)
    await expect.poll(() => page.getByRole("heading", { level: 1 }).innerText(), slowly).toBe("Runs")
    await context.close()
    await second.stop()
  })
})
