/** Preferences from and to the formats that others use. */

export { readTrlPreferences, type TrlPreference, toTrlPreferences } from "./trl.ts"
