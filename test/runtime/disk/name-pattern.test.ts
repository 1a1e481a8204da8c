import { expect, test } from "vitest"
import { isPattern, namesMatching } from "../../../runtime/disk/name-pattern.ts"

test.each([
  ["model*.safetensors", ["model.safetensors", "model-00001-of-00002.safetensors"], ["my-model.safetensors", "model.safetensors.json"]],
  ["*", ["a", "a.b"], ["a/b"]],
  ["{a,b*}.txt", ["a.txt", "b.txt", "b2.txt"], ["a2.txt", "c.txt"]],
  ["a.(b)[c]+*", ["a.(b)[c]+d"], ["aX(b)[c]+d", "a.b"]],
])("%s matches what is meant, and nothing else", (pattern, matching, others) => {
  expect(isPattern(`some/folder/${pattern}`)).toBe(true)
  const matches = namesMatching(pattern)
  expect([...matching, ...others].filter(matches)).toEqual(matching)
})

test.each(["a.txt", "{a}.txt", "fold*er/a.txt", "a[1].txt"])("%s is the name of one file", (name) => {
  expect(isPattern(name)).toBe(false)
})
