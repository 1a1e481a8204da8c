/** Texts of a data set that would do something if a page took them for markup. */

import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { chromium } from "./chromium.ts"
import { hostile } from "./project.ts"
import { openStore } from "./store.ts"
import { openTab, type Server, settled, slowly, startBrowser, startServer } from "./world.ts"

const project = inject("project")

describe.skipIf(chromium === null)("a text that is markup", () => {
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

  test("is shown as it is in the table, the row, the generations and the lineage, and does nothing", async () => {
    const { run, stages } = openStore(project).newest()
    const key = stages.find(({ id }) => id === "hostile")?.key ?? ""
    const table = `/runs/${run}/artifacts/${key}/preferences`
    const { page, context, complaints } = await openTab(browser, server)
    for (const [path, text] of [
      [table, `${hostile} 1`],
      [`${table}?row=1`, `${hostile} good`],
      [`/runs/${run}/generations?responses=hostile~preferences`, `${hostile} bad`],
      [`/runs/${run}/lineage?key=${key}&output=preferences&row=2`, `${hostile} 3`],
    ] as const) {
      await page.goto(new URL(path, server.url).href)
      await settled(page)
      await expect.poll(() => page.locator("#main").innerText(), slowly).toContain(text)
      expect(await page.locator("img, #main script, #main iframe").count(), path).toBe(0)
    }
    await context.close()
    expect(complaints).toEqual([])
  })
})
