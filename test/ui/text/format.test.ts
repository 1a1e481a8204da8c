import { expect, test } from "vitest"
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare, plural } from "../../../ui/text/format.ts"

test.each([
  [0, "0.00 s"],
  [0.305, "0.30 s"],
  [0.9949, "0.99 s"],
  [0.9951, "1.0 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 00 s"],
  [153.296, "2 min 33 s"],
  [3599.6, "1 h 00 min"],
  [3840, "1 h 04 min"],
  [86_399, "1 d 0 h"],
  [183_600, "2 d 3 h"],
  [null, "–"],
] as const)("%s seconds are written as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [487_766, "488 kB"],
  [999_600, "1.00 MB"],
  [12_345_678, "12.3 MB"],
  [5e15, "5000 TB"],
] as const)("%d bytes are written as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0, "0"],
  [0.0321711, "0.03217"],
  [-1.5, "−1.5"],
  [1.234e-7, "1.234e−7"],
  [-2e-7, "−2e−7"],
  [12_345, "12,345"],
  [2e12, "2e+12"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "−∞"],
] as const)("%d is written as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text)
})

test("counts agree with their nouns", () => {
  expect(plural(1, "stage")).toBe("1 stage")
  expect(plural(8980, "row")).toBe("8,980 rows")
  expect(plural(2, "policy", "policies")).toBe("2 policies")
  expect(formatCount(null)).toBe("–")
  expect(formatShare(0.4567)).toBe("45.7 %")
})
