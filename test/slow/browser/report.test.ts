/** A report in a real browser, from disk and without a network. */

import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { faultsOf } from "./access.ts"
import { chromium } from "./chromium.ts"
import { openStore } from "./store.ts"
import { startBrowser } from "./world.ts"

const project = inject("project")
const command = path.resolve(import.meta.dirname, "../../../cli/assay.mjs")

describe.skipIf(chromium === null)("a report", () => {
  const store = openStore(project)
  const file = path.join(project, "report.html")
  let browser: Browser
  beforeAll(async () => {
    fs.rmSync(file, { force: true })
    const { status, stderr } = spawnSync(process.execPath, [command, "report", "walk", "--output", file], {
      cwd: project,
      encoding: "utf8",
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  interface Opened {
    readonly page: Page
    readonly context: BrowserContext
    readonly complaints: ReadonlyArray<string>
  }

  const open = async (width = 1280, colorScheme: "light" | "dark" = "light"): Promise<Opened> => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, offline: true })
    const page = await context.newPage()
    const complaints: Array<string> = []
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(`${message.type()}: ${message.text()}`)
    })
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`))
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`)
    })
    await page.goto(pathToFileURL(file).href)
    await page.getByRole("heading", { name: "How it was computed" }).waitFor()
    return { page, context, complaints }
  }

  test("keeps ids with many axes inside of their columns", async () => {
    const { page, context } = await open(390)
    const wide = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>(".response-set-head")].filter((head) => {
          const name = head.querySelector("bdi")
          if (name !== null) name.textContent = "evaluations.sentiment.world=1,learningRate=0.0003,seed=1.offline.gold"
          return head.scrollWidth > head.clientWidth
        }).length,
    )
    expect(await page.locator(".response-set-head").count()).toBeGreaterThan(0)
    expect(wide).toBe(0)
    await context.close()
  })

  test("is one file of three megabytes at most", () => {
    expect(fs.statSync(file).size).toBeLessThan(3_000_000)
  })

  for (const [width, colorScheme] of [
    [1280, "light"],
    [390, "dark"],
  ] as const)
    test(`opens from disk without a network, ${width} pixels wide and ${colorScheme}, without a serious fault of access`, async () => {
      const { page, context, complaints } = await open(width, colorScheme)
      const headings = await page.getByRole("heading", { level: 2 }).allInnerTexts()
      expect(headings).toEqual(["Results", "Figures", "What they wrote", "How it was computed"])
      expect(await faultsOf(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await context.close()
    })

  test("has the frontier with its arms, and the data of the figure", async () => {
    const { page, context, complaints } = await open()
    const offline = page.getByRole("button", { name: "offline", exact: true })
    expect(await offline.getAttribute("aria-pressed")).toBe("true")
    await offline.click()
    expect(await offline.getAttribute("aria-pressed")).toBe("false")
    const [{ n } = { n: 0 }] = (await store.select("frontier", "points", "SELECT count(*)::INTEGER AS n FROM artifact")) as ReadonlyArray<{
      n: number
    }>
    const data = page.locator("details", { hasText: `Data: points, ${n} rows` })
    await data.locator("summary").click()
    expect(await data.getByRole("row").count()).toBe(n + 1)
    expect(complaints).toEqual([])
    await context.close()
  })

  test("shows responses of both arms to the first prompts, and others", async () => {
    const { page, context, complaints } = await open()
    const rows = await store.select(
      "arms.seed=1.online",
      "evaluation",
      "SELECT prompt, response FROM artifact WHERE step = (SELECT max(step) FROM artifact) AND row = (SELECT min(row) FROM artifact WHERE step = (SELECT max(step) FROM artifact))",
    )
    const [first] = rows as ReadonlyArray<{ readonly prompt: string; readonly response: string }>
    const line = page.getByRole("listitem", { name: /^Prompt 1 of/ })
    expect(await line.locator(".prompt").innerText()).toContain((first?.prompt ?? "?").trim())
    expect(await line.locator(".answers").count()).toBe(2)
    await page.getByRole("tab", { name: "Where gold and proxy disagree most" }).click()
    expect(
      await page
        .getByRole("listitem", { name: /^Prompt 1 of/ })
        .locator(".answers")
        .count(),
    ).toBe(2)
    expect(complaints).toEqual([])
    await context.close()
  })

  test("says how each result was computed, with its key", async () => {
    const { page, context } = await open()
    await page.locator("summary", { hasText: "results and their keys" }).click()
    const run = store.newest()
    const text = await page.locator(".report-provenance").innerText()
    expect(text).toContain(run.run)
    for (const { id, key } of run.stages) {
      expect(text).toContain(id)
      expect(text).toContain(key ?? "no key")
    }
    await context.close()
  })

  test("prints on paper: the drawing instead of the canvas, nothing to press, and white", async () => {
    const { page, context, complaints } = await open(1280, "dark")
    const pdf = await page.pdf({ format: "A4" })
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-")
    expect(pdf.length).toBeGreaterThan(20_000)
    await page.emulateMedia({ media: "print" })
    expect(await page.locator(".report-print-only svg").isVisible()).toBe(true)
    expect(await page.locator(".report-screen-only").isVisible()).toBe(false)
    expect(await page.getByRole("tablist", { name: "Sample" }).isVisible()).toBe(false)
    expect(complaints).toEqual([])
    await context.close()
  })
})
