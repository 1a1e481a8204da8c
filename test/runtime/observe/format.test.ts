import { expect, test } from "vitest"
import { duration } from "../../../runtime/observe/format.ts"

test.each([
  [0.25, "0.3 s"],
  [59.7, "59.7 s"],
  [59.96, "1 min 0 s"],
  [200, "3 min 20 s"],
  [7500, "2 h 5 min"],
])("%d seconds are %s", (seconds, written) => expect(duration(seconds)).toBe(written))
