/** Preferences from and to the formats that others use. */

export type { FormatOrMapping } from "./format-of.ts"
export { importPreferences, readForeignPairs } from "./import.ts"
export { type ExportedTrl, exportTrl, type TokenizerContents, type TrlOptions, toTrlPreferences } from "./trl-export.ts"
export { type TrlForm, type TrlPreference, trlForms } from "./trl-form.ts"
