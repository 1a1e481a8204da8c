/** What holds of every view in a real browser: nothing is broken, hidden, moved or sent out. */

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { faultsOf } from "./access.ts"
import { addressesIn } from "./addresses.ts"
import { chromium } from "./chromium.ts"
import { openStore } from "./store.ts"
import { openTab, type Server, settled, startBrowser, startServer } from "./world.ts"

const project = inject("project")

describe.skipIf(chromium === null)("every view", () => {
  const addresses = chromium === null ? [] : addressesIn(openStore(project))
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await startServer(project)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
  const goTo = async (page: Page, path: string): Promise<void> => {
    await page.goto(new URL(path, server.url).href)
    await settled(page)
  }

  for (const colorScheme of ["light", "dark"] as const)
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const)
      test(`of ${width} × ${height} pixels, ${colorScheme}, has no serious fault of access, and does not scroll sideways`, async () => {
        const { page, context, complaints } = await openTab(browser, server, { width, height, colorScheme })
        const faults: Array<unknown> = []
        for (const { view, path } of addresses) {
          await goTo(page, path)
          faults.push(...(await faultsOf(page)).map((fault) => `${view}: ${fault}`))
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          if (wider > 0) faults.push(`${view} is ${wider} pixels too wide`)
        }
        await context.close()
        expect(faults).toEqual([])
        expect(complaints).toEqual([])
      })

  test("does not move while it loads: its layout shift is below 0.1", async () => {
    const { page, context } = await openTab(browser, server)
    await context.addInitScript(() => {
      const shifts: Array<{ readonly value: number; readonly what: string }> = []
      Object.assign(window, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as ReadonlyArray<PerformanceEntry> as ReadonlyArray<PerformanceEntry & Shift>)
          if (!entry.hadRecentInput)
            shifts.push({
              value: entry.value,
              what: entry.sources.map(({ node }) => (node as Element | null)?.className ?? "?").join(", "),
            })
      }).observe({ type: "layout-shift", buffered: true })
    })
    const moved: Record<string, unknown> = {}
    for (const { view, path } of addresses) {
      await goTo(page, path)
      const shifts = await page.evaluate(() => (window as unknown as { shifts: ReadonlyArray<{ value: number; what: string }> }).shifts)
      const sum = shifts.reduce((total, { value }) => total + value, 0)
      console.log(`layout shift of ${view}: ${sum.toFixed(3)}`)
      if (sum >= 0.1) moved[view] = shifts
    }
    await context.close()
    expect(moved).toEqual({})
  })

  test("shows the same when its address is loaded again, and Back leads to the one before", async () => {
    const { page, context, complaints } = await openTab(browser, server)
    const texts = new Map<string, string>()
    for (const { view, path } of addresses) {
      await goTo(page, path)
      const before = await contentOf(page)
      expect(before.length, view).toBeGreaterThan(80)
      await page.reload()
      await settled(page)
      expect(await contentOf(page), view).toBe(before)
      texts.set(path, before)
    }
    for (const { view, path } of addresses.toReversed().slice(1)) {
      await page.goBack()
      await settled(page)
      expect(await contentOf(page), `back to ${view}`).toBe(texts.get(path))
    }
    await context.close()
    expect(complaints).toEqual([])
  })
})

interface Shift {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: ReadonlyArray<{ readonly node: Node | null }>
}

/** All text of the page but how long something took. */
const textOf = async (page: Page): Promise<string> =>
  (await page.locator("#main").innerText()).replaceAll(/\d+(?:\.\d+)? m?s\b/g, "").replaceAll(/\s+/g, " ")

/** The text of the page when all of it has come: charts of columns come one by one. */
const contentOf = async (page: Page): Promise<string> => {
  let before = ""
  for (let text = await textOf(page); text !== before; text = await textOf(page)) {
    before = text
    await page.waitForTimeout(1_000)
  }
  return before
}
