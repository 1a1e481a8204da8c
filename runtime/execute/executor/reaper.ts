export { type Reaper, startReaper } from "../../disk/reaper.ts"
