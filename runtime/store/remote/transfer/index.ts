/** Copying a run from one store to another. */

export { objectsAt } from "../remote-store.ts"
export { runsIn } from "./runs-in.ts"
export { type Transferred, transfer } from "./transfer.ts"
