/** Everything without a mouse. */

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { addressesIn } from "./addresses.ts"
import { chromium } from "./chromium.ts"
import { openStore } from "./store.ts"
import { openTab, type Server, settled, slowly, startBrowser, startServer } from "./world.ts"

const project = inject("project")

describe.skipIf(chromium === null)("with the keyboard alone", () => {
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

  test("one gets from the first page to a run, a stage, its texts and a figure", async () => {
    const { page, context, complaints } = await openTab(browser, server)
    const { keyboard } = page
    const heading = () => page.getByRole("heading", { level: 1 }).innerText()
    await settled(page)
    await keyboard.press("Tab")
    expect(await focusedName(page)).toBe("Skip to content")
    await keyboard.press("Enter")
    await tabTo(page, "walk")
    await keyboard.press("Enter")
    await expect.poll(heading, slowly).toMatch(/^walk/)
    await settled(page)
    await tabTo(page, "Stages", "grid")
    // The first row is focused with the grid.
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    const wanted = await page.locator(".grid-row.current").getByRole("link").innerText()
    await keyboard.press("Enter")
    await expect.poll(heading, slowly).toContain(wanted)

    await keyboard.press("g")
    await keyboard.press("e")
    await expect.poll(heading, slowly).toBe("Generations")
    await settled(page)
    await keyboard.press("j")
    await expect.poll(() => page.locator("[aria-current=true]").getAttribute("aria-label"), slowly).toMatch(/^Prompt 2 of/)

    await keyboard.press("/")
    await keyboard.type("frontier")
    await keyboard.press("Enter")
    await expect.poll(heading, slowly).toBe("Frontier")
    await settled(page)
    await tabTo(page, "Marks: Enter selects one", "grid")
    await keyboard.press("Enter")
    await expect.poll(() => page.getByRole("link", { name: /^Lineage of row/ }).count(), slowly).toBeGreaterThan(0)
    await context.close()
    expect(complaints).toEqual([])
  })

  test("Tab stops only at what can be seen, shows where it is, and is caught nowhere, in every view", async () => {
    const { page, context } = await openTab(browser, server)
    const faults: Array<string> = []
    for (const { view, path } of addressesIn(openStore(project))) {
      await page.goto(new URL(path, server.url).href)
      await settled(page)
      const stops = new Set<string>()
      let isOut = false
      for (let press = 0; press < 400 && !isOut; press++) {
        await page.keyboard.press("Tab")
        const stop = await page.evaluate(describeFocus)
        if (stop === null) isOut = true
        else if (!stop.isVisible) faults.push(`${view}: ${stop.name} has the focus and is not seen`)
        else if (!stop.isMarked) faults.push(`${view}: ${stop.name} does not show that it has the focus`)
        if (stop !== null) stops.add(stop.name)
      }
      if (!isOut) faults.push(`${view}: Tab does not come to the end`)
      // A row alone has the fewest.
      if (stops.size < 8) faults.push(`${view}: Tab stops only at ${[...stops].join(", ")}`)
    }
    await context.close()
    expect(faults).toEqual([])
  })
})

const focusedName = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "")

/** Presses Tab until an element of that name, or of that label and role, has the focus. */
const tabTo = async (page: Page, name: string, role?: string): Promise<void> => {
  for (let press = 0; press < 80; press++) {
    const isThere = await page.evaluate(
      ([wanted, role]) => {
        const element = document.activeElement
        if (role !== undefined) return element?.getAttribute("role") === role && element.getAttribute("aria-label") === wanted
        return element?.textContent?.trim() === wanted
      },
      [name, role] as const,
    )
    if (isThere) return
    await page.keyboard.press("Tab")
  }
  throw new Error(`Tab does not get to ${name}`)
}

/** Null where nothing of the page has the focus. */
const describeFocus = () => {
  const element = document.activeElement
  if (element === null || element === document.body) return null
  const { width, height } = element.getBoundingClientRect()
  const { outlineStyle, outlineWidth, boxShadow, visibility } = getComputedStyle(element)
  // A bar of a chart is outlined by a shape in it.
  const hasStroke = [...element.children].some((child) => child instanceof SVGElement && getComputedStyle(child).stroke !== "none")
  return {
    name: `${element.tagName.toLowerCase()} ${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)} ${element.id}`,
    isVisible: width > 0 && height > 0 && visibility === "visible",
    isMarked: (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none" || hasStroke,
  }
}
