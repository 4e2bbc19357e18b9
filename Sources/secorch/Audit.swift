import ArgumentParser
import OrchestratorCore
import Pipeline

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign evidence bundles and verify them.",
        discussion: """
            'secorch report RUN --bundle' writes a bundle and signs it, where there is a key. A bundle is a tar archive that \
            any tar unpacks; manifest.json in it lists the SHA-256 of every other member, and manifest.json.sig is an \
            Ed25519 signature over the manifest, which 'openssl pkeyutl -verify -rawin' checks as well.
            """,
        subcommands: [Verify.self, Keygen.self, Rotate.self, Keys.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that a bundle is what was signed.",
            discussion: """
                Nothing is unpacked. Exits 0 where the bundle is intact and signed by the given key, by one that key \
                vouches for, or by a key of this state; 1 where any byte differs from what was bundled, or another key \
                signed it; 2 where the file or the key cannot be read; 3 where it is intact, but unsigned, or signed by a \
                key that is not known here. With --target, a folder whose files are not the ones of the run exits 1 as well; \
                reports written into it since count as added.
                """)

        @Argument(help: "The bundle.")
        var bundle: String

        @Option(help: "File with the public key to trust, in PEM. The state folder is not looked at then.")
        var publicKey: String?

        @Option(help: "Compare the files of this folder with those that the bundle's run saw.")
        var target: String?

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var key: KeyOptions

        func run() async throws {
            let result = try BundleVerifier(trusting: try trust()).verify(bundle)
            var tree: TreeComparison?
            if let target, result.problems.isEmpty { tree = try await TreeComparison(bundle: bundle, folder: target) }
            if json { Console.print(Audit.object(result, tree).text) } else { Audit.print(result, tree) }
            for problem in result.problems { Console.error("\(bundle): \(problem)") }
            if let target, let tree { Audit.complain(tree, target) }
            let status = tree.map(\.isSame) == false ? .findings : Audit.status(result)
            if status != .done { throw ExitCode(status.rawValue) }
        }

        private func trust() throws -> BundleVerifier.Trust {
            if let publicKey { return .key(try KeyFile.publicKey(publicKey)) }
            let file = key.file
            return .ring(file.hasRing ? try file.ring() : file.exists ? try file.load().ring : nil)
        }
    }

    struct Keygen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the key that signs bundles.", discussion: "Never replaces one.")

        @OptionGroup var key: KeyOptions

        func run() throws {
            let ring = try key.file.generate()
            Console.line("secorch: the key \(ring.current) is in \(key.file.path); hand out its public half:")
            Console.write(KeyText.pem(ring.current))
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a new key in place of the current one, which vouches for it.",
            discussion: """
                The old private key is gone afterwards; its public half stays on record with its dates. Whoever trusts it can \
                verify bundles of the new key.
                """)

        @OptionGroup var key: KeyOptions

        func run() throws {
            let ring = try key.file.rotate()
            Console.line("secorch: the key \(ring.current) is in use; its public half:")
            Console.write(KeyText.pem(ring.current))
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the public keys, oldest first.")

        @Flag(help: "Print the key in use in PEM, for those who verify.")
        var pem = false

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var key: KeyOptions

        func run() throws {
            let ring = try key.file.load().ring
            if pem { return Console.write(KeyText.pem(ring.current)) }
            for entry in ring.entries {
                Console.print(json ? Audit.object(entry).text : Audit.line(entry))
            }
        }
    }
}

/// Where the key that signs lies.
struct KeyOptions: ParsableArguments {
    @Option(name: .customLong("key"), help: "File of the private key (default: keys/signing.pem in the state folder).")
    var path: String?

    @OptionGroup var state: StateOptions

    var file: KeyFile { path.map { KeyFile($0) } ?? KeyFile(state: state.folder) }
}

// MARK: - What is printed

extension Audit {
    static func status(_ result: BundleVerifier.Result) -> ExitStatus {
        guard result.problems.isEmpty else { return .findings }
        if case .trusted = result.signature { return .done }
        return .incomplete
    }

    private static func verdict(_ result: BundleVerifier.Result) -> String {
        guard result.problems.isEmpty else { return "not what was bundled, or not signed by whom you trust" }
        switch result.signature {
        case .none: return "intact; unsigned: anybody can have made it"
        case .trusted(let key, let reason): return "intact; signed by \(key): \(reason)"
        case .unknown(let key): return "intact; signed by \(key), which is not known here: see --public-key"
        }
    }

    static func print(_ result: BundleVerifier.Result, _ tree: TreeComparison?) {
        Console.field("bundle", verdict(result))
        guard let manifest = result.manifest else { return }
        Console.field("run", "\(manifest.run), finished \(manifest.finishedAt)")
        Console.field("target", "\(manifest.target), commit \(manifest.commit ?? "none")")
        Console.field("files", manifest.targetDigest.description)
        Console.field("version", manifest.toolVersion)
        Console.field("members", String(manifest.members.count))
        if let tree {
            Console.field("tree", "\(tree.same) files as the run saw them; \(tree.uncompared) had no content")
        }
    }

    /// Names the first files that differ.
    static func complain(_ tree: TreeComparison, _ target: String) {
        for (kind, paths) in [("changed", tree.changed), ("missing", tree.missing), ("added", tree.added)] {
            for path in paths.prefix(20) { Console.error("\(target): \(kind): \(path.text)") }
            if paths.count > 20 { Console.error("\(target): \(paths.count - 20) more \(kind)") }
        }
    }

    private static func object(_ tree: TreeComparison) -> JSONValue {
        [
            "same": .number(tree.same), "uncompared": .number(tree.uncompared),
            "changed": .strings(tree.changed.map(\.text)), "missing": .strings(tree.missing.map(\.text)),
            "added": .strings(tree.added.map(\.text)),
        ]
    }

    static func object(_ result: BundleVerifier.Result, _ tree: TreeComparison?) -> JSONValue {
        let signature: (String, VerifyingKey?) =
            switch result.signature {
            case .none: (result.problems.isEmpty ? "none" : "not checked", nil)
            case .trusted(let key, _): ("trusted", key)
            case .unknown(let key): ("unknown key", key)
            }
        return [
            "intact": .bool(result.problems.isEmpty), "signature": .string(signature.0),
            "signer": .optional(signature.1?.description), "problems": .strings(result.problems),
            "run": .optional(result.manifest?.run), "target": .optional(result.manifest?.target),
            "target_digest": .optional(result.manifest?.targetDigest.description),
            "members": result.manifest.map { .number($0.members.count) } ?? .null,
            "tree": tree.map { object($0) } ?? .null,
        ]
    }

    static func object(_ entry: KeyRing.Entry) -> JSONValue {
        [
            "key": .string(entry.key.description), "created_at": .optional(entry.createdAt?.description),
            "retired_at": .optional(entry.retiredAt?.description), "endorsed": .bool(entry.endorsement != nil),
        ]
    }

    static func line(_ entry: KeyRing.Entry) -> String {
        let until = entry.retiredAt.map { "until \($0)" } ?? "in use"
        return "\(entry.key)  from \(entry.createdAt?.description ?? "unknown")  \(until)"
    }
}
