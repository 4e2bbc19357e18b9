import Foundation
import Ingestion
import OrchestratorCore
import TestSupport
import Testing

/// The walk lists exactly what git lists. Git is the oracle.
@Suite struct GitEquivalenceTests {
    @Test func generatedIgnoreTreesAreListedAsGitListsThem() async throws {
        for seed in 1...proofCount(quick: 60, full: 1000) {
            let folder = try TemporaryFolder()
            var tree = IgnoreTree(seed: UInt64(seed), folder: folder)
            try tree.build()
            try await expectEquivalence(folder.path, "seed \(seed)")
            if let inner = tree.subfolder {
                try await expectEquivalence(folder.path + "/" + inner, "seed \(seed), in \(inner)")
            }
        }
    }

    @Test func aListingOutsideGitHasEveryFileAndSaysSo() async throws {
        let folder = try TemporaryFolder()
        try folder.write("*.log\n", to: ".gitignore")
        try folder.write("x", to: "a.log")
        let listing = try await Walker(root: RootFolder(folder.path)).list(jobs: 2)
        #expect(listing.entries.map(\.path.text) == [".gitignore", "a.log"])
        #expect(listing.repository.revision == nil)
        #expect(listing.notices.count == 1)
    }

    /// Compares with git in a folder and shows the difference.
    func expectEquivalence(_ path: String, _ label: String) async throws {
        let git = try runProcess("/usr/bin/git", ["-C", path, "ls-files", "-z", "-co", "--exclude-standard"])
        // Git refuses a folder with a broken `.git` file; there is nothing to compare with.
        if git.status != 0, git.errorText.contains("invalid gitfile format") { return }
        try #require(git.status == 0, "\(label): \(git.errorText)")
        let expected = Set(git.output.split(separator: 0).map { RepositoryPath(bytes: Array($0)) })
        let listing = try await Walker(root: RootFolder(path)).list(jobs: 2)
        let actual = listing.entries.map(\.path)
        #expect(actual == actual.sorted(), "\(label): not sorted")
        #expect(Set(actual).count == actual.count, "\(label): repeated paths")
        let missing = expected.subtracting(actual).sorted().map(\.text)
        let surplus = Set(actual).subtracting(expected).sorted().map(\.text)
        #expect(missing.isEmpty && surplus.isEmpty, "\(label): missing \(missing), surplus \(surplus)")
    }
}
