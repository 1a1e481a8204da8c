import { expect, test } from "vitest"
import { packageChanged } from "../../../../runtime/plan/cause/package.ts"
import { comparisonOf } from "./comparison.ts"

const components = (before: Parameters<typeof comparisonOf>[0], after: Parameters<typeof comparisonOf>[1]) =>
  packageChanged(comparisonOf(before, after)).map(({ component }) => component)

test("another version of a package is a cause by the package's name", () => {
  expect(packageChanged(comparisonOf({ packages: { effect: "4.1.0" } }, { packages: { effect: "4.2.0" } }))).toEqual([
    { component: "packages.effect", before: "4.1.0", after: "4.2.0", root: "arm.train" },
  ])
})

test("a name with dots and slashes stays one name", () => {
  expect(components({ packages: { "@scope/a.b": "1" } }, { packages: { "@scope/a.b": "2" } })).toEqual(["packages.@scope/a.b"])
})

test("a package that was added or removed is a cause only where nothing explains it", () => {
  const [one, two] = [{ a: "1" }, { a: "1", b: "1" }]
  expect(components({ packages: one }, { packages: two })).toEqual(["packages.b"])
  expect(components({ packages: two }, { packages: one })).toEqual(["packages.b"])
  expect(components({ code: "x", packages: one }, { code: "y", packages: two })).toEqual([])
  expect(components({ packages: one }, { packages: { a: "2", b: "1" } })).toEqual(["packages.a"])
})
