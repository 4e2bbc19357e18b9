/// A kind of misuse that the analysis of memory can report. Rules name it as `memory: {check: ...}`.
enum MemoryCheck: String, CaseIterable, Sendable {
    case stackOverflow = "stack-overflow"
    case heapOverflow = "heap-overflow"
    case underwrite
    case overread
    case underread
    case outsideIndex = "outside-index"
    case doubleFree = "double-free"
    case useAfterFree = "use-after-free"
    case freeOfOther = "free-of-non-heap"
    case freeInside = "free-inside"
    case mismatchedFree = "mismatched-free"
    case leak
    case uninitialised
    case nullUse = "null-use"
    case uncheckedAllocation = "unchecked-allocation"
    case overflow = "integer-overflow"
    case underflow = "integer-underflow"
    case truncation
    case signExtension = "sign-extension"
    case signConversion = "sign-conversion"
    case divisionByZero = "division-by-zero"
    case allocationOverflow = "allocation-overflow"
    case outsideAllocation = "outside-allocation"
    case format
    case command
    case path

    /// Where the object comes from says all: nothing that a caller passes on makes it wrong.
    var isAboutOneObject: Bool { [.leak, .uninitialised, .nullUse, .underread, .overread].contains(self) }
}

/// What a memory rule looks for.
struct MemoryRule: Sendable {
    let checks: [MemoryCheck]
    /// Syntactic rules that guess at the same; they give way at places where this one looked and found nothing.
    let replaces: [String]
    let library: MemoryLibrary
}

/// One misuse on one path.
struct MemoryHit: Hashable {
    let check: MemoryCheck
    let place: Int
    /// Where the story began: allocated, freed, came in; nil for here.
    let origin: Int?
    let note: String
}
