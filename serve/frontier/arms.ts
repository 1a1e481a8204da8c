/** Which evaluations a mark of a frontier is the mean of. */

import type { Mark, TableRef } from "../api.ts"
import type { RunView } from "../runs/view.ts"

/** An evaluation that is wired to a frontier, with its place in the record that was wired. */
export interface Arm extends TableRef {
  readonly id: string
  /** The path, as figures write it: "offline gold". */
  readonly path: string
  readonly at: Readonly<Record<string, string>>
}

export const armsOf = (view: RunView, frontier: string): ReadonlyArray<Arm> => {
  const port = view.wired.get(frontier)?.inputs.find((input) => input.port === "evaluations")
  return (port?.from ?? []).flatMap((source) => {
    const manifest = "id" in source ? view.manifests.get(source.id) : undefined
    if (!("id" in source) || manifest === undefined) return []
    const at = Object.fromEntries(Object.entries(source.at ?? {}).map(([axis, value]) => [axis, String(value)]))
    return [{ id: source.id, key: manifest.key, output: source.output, path: (source.path ?? []).join(" "), at }]
  })
}

type Place = Pick<Mark, "arm" | "beta" | "world" | "seed">

/** A mark's arm is the path with the axes that tell arms apart: "offline learningRate=0.001". */
export const evaluationsOf = (
  arms: ReadonlyArray<Arm>,
  { arm, beta, world, seed }: Place,
): ReadonlyArray<TableRef & { readonly id: string }> =>
  arms
    .filter(
      ({ path, at }) =>
        isNamed(arm, path, at) &&
        (beta === null || at.beta === undefined || at.beta === String(beta)) &&
        (world === null || at.world === world) &&
        (seed === null || at.seed === String(seed)),
    )
    .map(({ id, key, output }) => ({ id, key, output }))

const isNamed = (arm: string, path: string, at: Arm["at"]): boolean => {
  if (path === "") return axesIn(arm === "policy" ? "" : arm, at)
  return arm === path || (arm.startsWith(`${path} `) && axesIn(arm.slice(path.length + 1), at))
}

/** Whether a text is nothing but axes with the values that they have here. */
const axesIn = (text: string, at: Arm["at"]): boolean => {
  let rest = text
  for (const [axis, value] of Object.entries(at)) {
    const own = `${axis}=${value}`
    if (rest === own) return true
    if (rest.startsWith(`${own} `)) rest = rest.slice(own.length + 1)
  }
  return rest === ""
}
