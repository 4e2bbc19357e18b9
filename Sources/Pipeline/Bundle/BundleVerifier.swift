import Foundation
package import OrchestratorCore

/// Checks an evidence bundle without unpacking it. A bundle has exactly one form, so any other byte is found: headers and
/// padding are compared with the ones that the manifest asks for, contents with their digests.
///
/// Nothing in a bundle is trusted. Sizes and counts are bounded, contents are read piece by piece, nothing is written.
package struct BundleVerifier {
    /// What is known of a bundle's signature.
    package enum Signature: Sendable, Hashable {
        case none
        /// Signed by a key that the reader trusts, or by one that it leads to.
        case trusted(VerifyingKey, reason: String)
        /// Signed by a key that nobody here knows.
        case unknown(VerifyingKey)
    }

    package struct Result: Sendable {
        /// Nil where there is no manifest that can be read.
        package fileprivate(set) var manifest: BundleManifest?
        package fileprivate(set) var signature = Signature.none
        /// What is wrong, in the order of the archive; empty for an intact bundle.
        package fileprivate(set) var problems: [String] = []
    }

    /// Keys whose owner the reader trusts.
    package enum Trust: Sendable {
        /// One key, and those it vouches for.
        case key(VerifyingKey)
        /// All keys of a ring; nil where there is none.
        case ring(KeyRing?)
    }

    private let trust: Trust
    private static let manifestLimit = 16 << 20
    private static let problemLimit = 50

    package init(trusting trust: Trust) { self.trust = trust }

    /// Checks a bundle. Throws `badBundle` only where the file cannot be read.
    package func verify(_ path: String) throws(PipelineError) -> Result {
        var result = Result()
        let archive = try BundleReader(path)
        do {
            try check(archive, &result)
        } catch let problem as BundleReader.Problem {
            result.problems.append(problem.text)
        } catch let error as PipelineError where error.code == .badBundle {
            result.problems.append(error.context)
        } catch {
            throw PipelineError(.badBundle, "cannot read \(path): \(error)")
        }
        return result
    }

    private func check(_ archive: BundleReader, _ result: inout Result) throws {
        let header = try archive.header()
        guard header.name == BundleManifest.name, header.byteCount <= Self.manifestLimit else {
            throw BundleReader.Problem("no evidence bundle: expected \(BundleManifest.name) first")
        }
        let text = try archive.content(header)
        let manifest = try BundleManifest(text)
        result.manifest = manifest
        guard manifest.finishedAt.seconds == header.seconds else {
            throw BundleReader.Problem("\(BundleManifest.name): its time in the archive is not the run's")
        }
        let digestFile = BundleManifest.digestFile(of: text)
        if try archive.content(BundleManifest.digestName, digestFile.count, header.seconds) != digestFile {
            result.problems.append("\(BundleManifest.digestName): not the digest of \(BundleManifest.name)")
        }
        if let signer = manifest.signer {
            let signature = try archive.content(BundleManifest.signatureName, 64, header.seconds)
            if !signer.verifies(signature, of: text) {
                result.problems.append(
                    "\(BundleManifest.signatureName): not a signature of \(signer) over the manifest")
            }
        }
        var ring: KeyRing?
        for member in manifest.members {
            guard result.problems.count < Self.problemLimit else { return }
            let bytes = try check(member, archive, header.seconds, &result)
            if member.name == Bundler.ringName { ring = bytes.flatMap { try? KeyRing($0, file: Bundler.ringName) } }
        }
        try archive.close()
        if result.problems.isEmpty { judge(manifest, ring, &result) }
    }

    /// Returns the content of the record of keys.
    private func check(
        _ member: BundleManifest.Member, _ archive: BundleReader, _ seconds: Int64, _ result: inout Result
    ) throws -> [UInt8]? {
        let expected = TarHeader(name: member.name, byteCount: member.byteCount, seconds: seconds)
        try archive.expect(expected)
        var digest = Digest.Running()
        var kept: [UInt8]? = member.name == Bundler.ringName && member.byteCount < 1 << 20 ? [] : nil
        try archive.forEachPiece(member.byteCount) { piece in
            piece.withUnsafeBytes { digest.append($0) }
            kept?.append(contentsOf: piece)
        }
        try archive.padding(expected)
        if digest.finish() != member.digest {
            result.problems.append("\(member.name): the content is not the one that was bundled")
        }
        return kept
    }

    /// Says who vouches for a bundle in which nothing else is wrong.
    private func judge(_ manifest: BundleManifest, _ bundled: KeyRing?, _ result: inout Result) {
        guard let signer = manifest.signer else {
            if case .key(let key) = trust { result.problems.append("nobody signed it; expected a signature of \(key)") }
            return
        }
        switch trust {
        case .key(signer): result.signature = .trusted(signer, reason: "the given key")
        case .key(let key):
            if let bundled, bundled.leads(from: key, to: signer) {
                result.signature = .trusted(signer, reason: "the given key \(key) vouches for it")
            } else {
                result.signature = .unknown(signer)
                result.problems.append("signed by \(signer), and not by \(key) or a key it vouches for")
            }
        case .ring(let ring):
            guard let entry = ring?.entry(signer) else { return result.signature = .unknown(signer) }
            result.signature = .trusted(signer, reason: "a key of this state")
            if let retired = entry.retiredAt, retired < manifest.finishedAt {
                result.problems.append("\(signer) was retired at \(retired), before the run finished")
            }
        }
    }
}
