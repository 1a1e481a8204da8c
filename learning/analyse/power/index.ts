/** Power of a study that is planned from a pilot: formulas alone. */

export { addedCost, type Costs, type Work } from "./cost.ts"
export { detectableEffect, type Precision, type Test } from "./detectable.ts"
export { forecast, largestSource, type Pilot } from "./forecast.ts"
export { findCheapestDesign, limits, type Step, seedsAlone } from "./search.ts"
export { type Components, type Design, degreesOf, inferUnitDegrees, type Shares, sharesOf, unitDegreesOf, varianceOf } from "./variance.ts"
