/// How many paths of a run share a language and a reason, and how much is in them.
package struct CoverageCount: Sendable, Hashable {
    package let isListed: Bool
    package let language: Language
    package let reason: CoverageReason
    package let files: Int
    package let lines: Int
    package let bytes: Int

    package init(isListed: Bool, language: Language, reason: CoverageReason, files: Int, lines: Int, bytes: Int) {
        self.isListed = isListed
        self.language = language
        self.reason = reason
        self.files = files
        self.lines = lines
        self.bytes = bytes
    }
}

/// A path of a run with what became of it.
package struct RunFile: Sendable, Hashable {
    package let file: SourceFile
    /// False for what git does not list: ignored paths, FIFOs, folders that could not be read.
    package let isListed: Bool

    package init(file: SourceFile, isListed: Bool) {
        self.file = file
        self.isListed = isListed
    }
}
