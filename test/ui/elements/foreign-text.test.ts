import { createElement } from "react"
import { renderToStaticMarkup } from "react-dom/server"
import { expect, test } from "vitest"
import { Failure } from "../../../ui/elements/failure.tsx"
import { ForeignText } from "../../../ui/elements/foreign-text.tsx"
import { JsonValue } from "../../../ui/elements/json-value.tsx"
import { LogView } from "../../../ui/elements/log-view.tsx"

const hostile = `<img src=x onerror="alert(1)">\u202e</script><script>alert(1)</script>`

const elements = {
  "a text": () => createElement(ForeignText, { text: hostile }),
  "a value": () => createElement(JsonValue, { value: { [hostile]: [hostile, { deep: hostile.repeat(9) }] } }),
  "a log": () => createElement(LogView, { label: "Log", lines: [{ number: 0, text: hostile }] }),
  "an error": () => createElement(Failure, { error: new Error(hostile) }),
}

test.each(Object.entries(elements))("%s from elsewhere never becomes HTML", (_, make) => {
  const html = renderToStaticMarkup(make())
  expect(html).not.toMatch(/<(img|script)/)
  expect(html).toContain("&lt;img")
  expect(html).not.toContain("\u202e")
})

test("a direction does not reach beyond the text", () => {
  expect(renderToStaticMarkup(createElement(ForeignText, { text: "שלום" }))).toBe('<bdi class="foreign">שלום</bdi>')
})
