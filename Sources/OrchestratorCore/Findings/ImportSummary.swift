/// What became of imported results in a run, for the report. Every result is counted once.
package struct ImportSummary: Hashable, Sendable, Codable {
    package var imports: [Import]
    /// Results of which no finding was made, as far as they are listed.
    package var unconfirmed: [Unconfirmed] = []
    /// Over every finding that was made or merged.
    package var digest = Digest(of: "")

    /// Results listed by name; the rest is counted.
    package static let listed = 2000

    package init(imports: [Import]) { self.imports = imports }

    /// An import and what became of its results.
    package struct Import: Hashable, Sendable, Codable {
        package let name: String
        package let file: String
        package let digest: Digest
        package let tools: [String]
        package let results: Int
        /// Reason -> results that were not taken when the file was imported.
        package let refusals: [String: Int]
        /// Findings of the embedded analyzer, of models or of another tool that they agree with.
        package var merged = 0
        /// Findings of this tool alone.
        package var alone = 0
        /// Of those, the ones the tool itself suppresses.
        package var suppressed = 0
        /// Results whose place is not in the scanned tree as the tool saw it.
        package var unconfirmed = 0

        package init(_ record: ImportRecord) {
            name = record.name
            file = record.file
            digest = record.digest
            tools = record.tools
            results = record.results
            refusals = record.refusals
        }

        package var refused: Int { refusals.values.reduce(0, +) }
    }

    /// A result that is no finding, and why.
    package struct Unconfirmed: Hashable, Sendable, Codable {
        /// Of the import.
        package let name: String
        package let path: RepositoryPath
        package let line: Int
        package let attribution: Attribution
        package let reason: String

        package init(name: String, path: RepositoryPath, line: Int, attribution: Attribution, reason: String) {
            self.name = name
            self.path = path
            self.line = line
            self.attribution = attribution
            self.reason = reason
        }
    }
}

/// What a run was given of an import: another content makes it another run.
package struct PinnedImport: Hashable, Sendable, Codable {
    package let name: String
    package let tools: [String]
    /// Of the file, and of what was taken from it.
    package let digest: Digest
    package let content: Digest

    package init(_ record: ImportRecord) {
        name = record.name
        tools = record.tools
        digest = record.digest
        content = record.content
    }
}
