/** The address of every view, on the newest run of the store. */

import type { openStore } from "./store.ts"

export interface Address {
  readonly view: string
  readonly path: string
}

export const addressesIn = (store: ReturnType<typeof openStore>): ReadonlyArray<Address> => {
  const [after, before] = store.runs()
  if (after === undefined || before === undefined) throw new Error("expected two runs in the store")
  const keyOf = (id: string): string => after.stages.find((stage) => stage.id === id)?.key ?? ""
  const run = `/runs/${after.run}`
  const evaluation = keyOf("arms.seed=1.online")
  return [
    { view: "runs", path: "/" },
    { view: "run", path: run },
    { view: "graph", path: `${run}/graph?stage=proxy` },
    { view: "stage", path: `${run}/stages/proxy` },
    { view: "artifacts", path: `${run}/artifacts` },
    { view: "table", path: `${run}/artifacts/${keyOf("pairs")}/preferences?filter=tie+%3D+true` },
    { view: "row", path: `${run}/artifacts/${evaluation}/evaluation?row=3` },
    { view: "files", path: `${run}/artifacts/${keyOf("reference")}/policy` },
    { view: "sql", path: `${run}/sql?tables=pairs~pairs~preferences` },
    { view: "generations", path: `${run}/generations` },
    { view: "curves", path: `${run}/curves?metric=kl` },
    { view: "frontier", path: `${run}/frontier?mark=0` },
    { view: "lineage", path: `${run}/lineage?key=${evaluation}&output=evaluation&row=3` },
    { view: "compare", path: `/diff?before=${before.run}&after=${after.run}` },
  ]
}
