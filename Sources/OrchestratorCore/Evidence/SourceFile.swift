/// A file of the target as the walk found it. Its text is never kept: it is read again and its digest compared.
package struct SourceFile: Hashable, Sendable, Codable {
    package let path: RepositoryPath
    /// Size in bytes; of a link, the length of its target.
    package let byteCount: Int
    /// SHA-256 of the content; nil where the content was not read.
    package let digest: Digest?
    package let language: Language
    /// Lines ended by LF, plus an unfinished last one.
    package let lineCount: Int
    /// What is known after the walk: `.complete` means "to be examined".
    package let coverage: Coverage

    package init(
        path: RepositoryPath, byteCount: Int, digest: Digest?, language: Language, lineCount: Int, coverage: Coverage
    ) {
        self.path = path
        self.byteCount = byteCount
        self.digest = digest
        self.language = language
        self.lineCount = lineCount
        self.coverage = coverage
    }

    package func with(_ coverage: Coverage) -> SourceFile {
        SourceFile(
            path: path, byteCount: byteCount, digest: digest, language: language, lineCount: lineCount,
            coverage: coverage)
    }
}
