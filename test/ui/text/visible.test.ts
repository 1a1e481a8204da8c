import * as fc from "fast-check"
import { expect, test } from "vitest"
import { piecesOf, visibleText } from "../../../ui/text/visible.ts"

test("pieces joined give the text back, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text)
    }),
  )
})

test("controls, overrides and what has no width are named", () => {
  expect(visibleText("a\u0000b\u001b[31mc\u202edcba\u202c\u200b!")).toBe("a‹NUL›b‹ESC›[31mc‹U+202E›dcba‹U+202C›‹U+200B›!")
  expect(piecesOf("\u202e")).toEqual([{ kind: "sign", text: "\u202e", shown: "‹U+202E›", name: "U+202E right-to-left override" }])
})

test("no character of a direction, and no control but tab and line feed, is left in what is shown", () => {
  const shown = visibleText(Array.from({ length: 0x2070 }, (_, code) => String.fromCodePoint(code)).join(""))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
  expect(shown).toContain("\t\n")
})

test("half of a surrogate pair is named, and a whole one is text", () => {
  expect(visibleText("\ud83d")).toBe("‹U+D83D›")
  expect(visibleText("😀")).toBe("😀")
})

test("the joiner of an emoji belongs to it, and elsewhere it is named", () => {
  expect(visibleText("👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥")).toBe("👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥")
  expect(visibleText("a\u200db")).toBe("a‹U+200D›b")
})

test("letters of other scripts and their marks are text", () => {
  for (const text of ["naïve", "हिन्दी", "עברית", "漢字", "e\u0301"]) expect(piecesOf(text)).toEqual([{ kind: "text", text }])
})
