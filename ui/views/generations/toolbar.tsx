/** Which texts, in which order, and a search. */

import type { GenerationOrder } from "../../../serve/api.ts"
import { type ResponseSetChoice, responseSetsParam } from "../../address/response-sets.ts"
import type { Draft } from "../../address/use-draft.ts"
import { Select } from "../../elements/select.tsx"
import { TextField } from "../../elements/text-field.tsx"
import { visibleText } from "../../text/visible.ts"
import { orders } from "./address.ts"
import type { Preset, PresetName } from "./default-response-sets.ts"
import { responseSetLabel, type ShownResponseSet } from "./response-sets.ts"

interface Props {
  readonly presets: ReadonlyArray<Preset>
  readonly choices: ReadonlyArray<ResponseSetChoice>
  readonly shown: ReadonlyArray<ShownResponseSet>
  readonly order: GenerationOrder
  readonly of: number
  readonly search: Draft
  readonly onResponseSets: (responseSets: ReadonlyArray<ResponseSetChoice> | null) => void
  readonly onOrder: (order: GenerationOrder) => void
  readonly onOf: (of: number) => void
}

const presetLabels: Readonly<Record<PresetName, string>> = {
  arms: "two arms, last checkpoints",
  pairs: "labelled pairs",
  stream: "pairs that a learner saw",
  judgements: "judgements",
}

const own = "own"

export const Toolbar = ({ presets, choices, shown, order, of, search, onResponseSets, onOrder, onOf }: Props) => {
  const written = responseSetsParam.write(choices)
  const preset = presets.find(({ responseSets }) => responseSetsParam.write(responseSets) === written)
  return (
    <div className="row-of generations-tools">
      <Select
        label="Show"
        value={preset?.name ?? own}
        options={[
          ...presets.map(({ name }) => ({ value: name, label: presetLabels[name] })),
          ...(preset === undefined ? [{ value: own, label: "own choice" } as const] : []),
        ]}
        onChange={(name) => {
          const next = presets.find((each) => each.name === name)
          if (next !== undefined) onResponseSets(next === presets[0] ? null : next.responseSets)
        }}
      />
      <Select label="Order" value={order} options={orders} onChange={onOrder} />
      {shown.length > 1 && order !== "prompt" ? (
        <Select
          label={order === "gain" ? `over ${shown[0] === undefined ? "" : visibleText(responseSetLabel(shown[0]))}, of` : "of"}
          value={String(of)}
          options={shown.map((responseSet, index) => ({ value: String(index), label: visibleText(responseSetLabel(responseSet)) }))}
          onChange={(value) => onOf(Number(value))}
        />
      ) : null}
      <TextField label="Search" hideLabel placeholder="Search in prompts and answers" value={search.text} onChange={search.type} />
    </div>
  )
}
