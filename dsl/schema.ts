/**
 * effect's Schema, in the version that Assay itself checks parameters with. In a module of its own:
 * a stage that imports something else of the language then does not depend on effect.
 */
export { Schema } from "effect"
