/** Holds the place of what is being loaded, in about its size. */

export const Skeleton = ({ lines = 3, label = "Loading" }: { readonly lines?: number; readonly label?: string }) => (
  <div className="skeleton" role="status">
    <span className="unseen">{label}</span>
    {Array.from({ length: lines }, (_, index) => (
      <span key={`${index}`} className="skeleton-line" style={{ inlineSize: `${92 - ((index * 29) % 47)}%` }} />
    ))}
  </div>
)
