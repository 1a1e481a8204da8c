/**
 * Linear models of hashed features: judges that cost microseconds, and the baseline of those that
 * cost more.
 */

export { accuracyOf, bagBaseline, type Comparison, examplesOf } from "./comparison.ts"
export { type FeatureSet, featureSets } from "./feature-set.ts"
export { featuresOf } from "./features.ts"
export { readLinear, writeLinear } from "./files.ts"
export { type Example, fitLinear, type LinearModel, scoreOf } from "./model.ts"
