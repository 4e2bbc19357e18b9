import OrchestratorCore

/// The open findings in the tree in the report's order, cut into groups: one rule and one severity each, on one page each.
///
/// Which page a finding stands on follows from the sizes of those before it, so every pass over the same source gives the
/// same groups, and none needs more memory than a page.
struct FindingGroups {
    /// Places of one rule shown with their source, and listed beyond that; the last are only counted, and all are in
    /// `findings.sarif`.
    let withSource: Int
    let listed: Int
    /// Bytes of HTML after which a new page begins; nil for no pages.
    let pageSize: Int?

    /// For formats that hold everything in one file.
    static let single = FindingGroups(withSource: 100, listed: 1000, pageSize: nil)
    /// For HTML: where the whole stays below `wholeSize`, it is one page all the same.
    static let paged = FindingGroups(withSource: 500, listed: 5000, pageSize: 1_000_000)
    static let whole = FindingGroups(withSource: 500, listed: 5000, pageSize: nil)
    static let wholeSize = 3_000_000

    /// Findings of one rule and one severity, on one page.
    struct Group {
        let rule: String
        let severity: Severity
        /// From 1.
        let page: Int
        /// False where an earlier group began with the rule.
        let isFirst: Bool
        fileprivate(set) var shown: [Finding] = []
        fileprivate(set) var listed: [Location] = []
        /// Places of the rule that are neither shown nor listed.
        fileprivate(set) var uncounted = 0

    }

    /// Calls `body` with each group. Returns the bytes of HTML that all of them take, at most.
    @discardableResult
    func forEach(in source: any ReportSource, _ body: (Group) throws -> Void) throws -> Int {
        var (page, pageBytes, allBytes) = (1, 0, 0)
        var (shownOfRule, listedOfRule) = (0, 0)
        var group: Group?
        var seen: Set<String> = []
        try source.forEachFinding { finding in
            guard finding.isOpen, finding.past == nil else { return }
            if group?.rule != finding.rule || group?.severity != finding.severity {
                if let group { try body(group) }
                let isFirst = seen.insert(finding.rule).inserted
                group = Group(rule: finding.rule, severity: finding.severity, page: page, isFirst: isFirst)
                (shownOfRule, listedOfRule) = (0, 0)
                pageBytes += Self.headSize
                allBytes += Self.headSize
            }
            let isShown = shownOfRule < withSource
            let bytes = isShown ? Self.size(finding) : listedOfRule < listed ? Self.rowSize : 0
            if let pageSize, pageBytes + bytes > pageSize, let full = group {
                // A rule that begins with a new page leaves nothing behind.
                let isEmpty = full.shown.isEmpty && full.listed.isEmpty
                if !isEmpty { try body(full) }
                (page, pageBytes) = (page + 1, Self.headSize)
                let isFirst = isEmpty && full.isFirst
                group = Group(rule: finding.rule, severity: finding.severity, page: page, isFirst: isFirst)
            }
            pageBytes += bytes
            allBytes += bytes
            if isShown {
                shownOfRule += 1
                group?.shown.append(finding)
            } else if listedOfRule < listed {
                listedOfRule += 1
                group?.listed.append(finding.location)
            } else {
                group?.uncounted += 1
            }
        }
        if let group { try body(group) }
        return allBytes
    }

    private static let headSize = 4000
    private static let rowSize = 400

    /// Bytes of a finding in HTML, at most: characters that HTML escapes take up to six.
    static func size(_ finding: Finding) -> Int {
        let texts =
            [finding.message, finding.location.path.text, finding.location.path.text, finding.symbol]
            + [finding.track?.previousPath?.text ?? "", finding.rank?.reason ?? ""]
            + finding.flow.flatMap { [$0.note, $0.location.path.text] }
        let lines = finding.evidence.lines.reduce(0) { $0 + escaped($1) + 70 }
        return texts.reduce(900 + 60 * finding.flow.count + lines) { $0 + escaped($1) }
    }

    private static func escaped(_ text: String) -> Int {
        text.utf8.reduce(0) { sum, byte in
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): sum + 6
            case 0..<0x20, 0x7F...0xFF: sum + 12
            default: sum + 1
            }
        }
    }
}

/// Where in HTML each rule's findings stand.
struct FindingPages {
    /// At least 1; one page is part of the report itself.
    let count: Int
    /// Rule -> the page on which it begins.
    private let firstPages: [String: Int]
    private let document: ReportDocument

    /// - Parameter isWhole: true for one page however large.
    init(_ source: any ReportSource, of document: ReportDocument, isWhole isOne: Bool) throws {
        self.document = document
        guard !isOne else {
            (count, firstPages) = (1, [:])
            return
        }
        var pages: [String: Int] = [:]
        var count = 1
        let bytes = try FindingGroups.paged.forEach(in: source) { group in
            count = group.page
            if pages[group.rule] == nil { pages[group.rule] = group.page }
        }
        let isWhole = bytes <= FindingGroups.wholeSize
        self.count = isWhole ? 1 : count
        firstPages = isWhole ? [:] : pages
    }

    var isWhole: Bool { count == 1 }

    /// The document that the pages belong to.
    var report: String { document.name + ".html" }

    func file(_ page: Int) -> String { "\(document.name)-findings-\(page).html" }

    /// The file that a rule begins in; empty where that is the report itself.
    func file(ofRule rule: String) -> String { firstPages[rule].map(file) ?? "" }
}
