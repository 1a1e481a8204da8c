/** Somebody who walks through the pages, and whose clicks are counted. */

import type { Download, Locator, Page } from "playwright-core"

export interface Walker {
  readonly click: (target: Locator) => Promise<void>
  /** Chooses an entry of a list. */
  readonly choose: (target: Locator, label: string | RegExp) => Promise<void>
  /** Types into a field, or presses a key that does what a click would. */
  readonly type: (target: Locator, text: string) => Promise<void>
  readonly press: (key: string) => Promise<void>
  readonly download: (target: Locator) => Promise<Download>
  readonly clicks: () => number
}

export const walk = (page: Page): Walker => {
  let count = 0
  return {
    click: async (target) => {
      count++
      await target.click()
    },
    choose: async (target, label) => {
      count++
      // Which choices there are may be on its way.
      await target.locator("option").nth(1).waitFor({ state: "attached" })
      const texts = await target.locator("option").allTextContents()
      const found = texts.find((text) => (typeof label === "string" ? text === label : label.test(text)))
      if (found === undefined) throw new Error(`expected a choice ${label}, found ${texts.join(", ")}`)
      await target.selectOption({ label: found })
    },
    type: async (target, text) => {
      count++
      await target.fill(text)
    },
    press: async (key) => {
      count++
      await page.keyboard.press(key)
    },
    download: async (target) => {
      count++
      const [download] = await Promise.all([page.waitForEvent("download"), target.click()])
      return download
    },
    clicks: () => count,
  }
}
