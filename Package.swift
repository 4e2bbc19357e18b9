// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "secorch",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        // C libraries, one importer each.
        .systemLibrary(name: "CTreeSitter", pkgConfig: "tree-sitter", providers: [.apt(["libtree-sitter-dev"])]),
        .systemLibrary(name: "CCmark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),

        // The trunk: values and protocols, no I/O.
        .target(
            name: "OrchestratorCore",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        // Leaves: they never import each other.
        .target(name: "SyntaxTree", dependencies: ["CTreeSitter"], swiftSettings: strict),
        .target(
            name: "Detection", dependencies: ["OrchestratorCore", "SyntaxTree", "CPCRE2"], swiftSettings: strict),
        .target(
            name: "Ingestion",
            dependencies: [
                "OrchestratorCore", "SyntaxTree", "CLinux",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict),
        .target(
            name: "Tokens",
            dependencies: ["OrchestratorCore", .product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "Rules", dependencies: ["OrchestratorCore"], swiftSettings: strict),
        .target(
            name: "Store", dependencies: ["OrchestratorCore", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .target(name: "Reporting", dependencies: ["OrchestratorCore", "CCmark"], swiftSettings: strict),
        .target(
            name: "Settings", dependencies: ["OrchestratorCore", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),

        .target(
            name: "Providers",
            dependencies: [
                "OrchestratorCore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // The composer and the program.
        .target(
            name: "Pipeline",
            dependencies: [
                "OrchestratorCore", "SyntaxTree", "Ingestion", "Tokens", "Detection", "Rules", "Store", "Reporting",
                "Settings", "Providers", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "secorch",
            dependencies: [
                "Pipeline", "OrchestratorCore", "Ingestion", "Detection", "Rules", "Store", "Reporting", "Settings",
                "Providers",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "measure",
            dependencies: [
                "Ingestion", "OrchestratorCore", "Providers", "Rules", "Store", "SyntaxTree", "Tokens",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Benchmarks/Measure", swiftSettings: strict),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "IngestionTests",
            dependencies: ["Ingestion", "OrchestratorCore", "SyntaxTree", "Tokens", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TokensTests",
            dependencies: [
                "Tokens", "OrchestratorCore", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProvidersTests",
            dependencies: [
                "Providers", "OrchestratorCore", "Settings", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DetectionTests",
            dependencies: ["Detection", "Settings", "SyntaxTree", "OrchestratorCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["OrchestratorCore", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SettingsTests", dependencies: ["Settings", "OrchestratorCore"], swiftSettings: strict),
        .testTarget(
            name: "RulesTests", dependencies: ["Rules", "Settings", "OrchestratorCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "OrchestratorCore", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ReportingTests", dependencies: ["Reporting", "OrchestratorCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PipelineTests", dependencies: ["Pipeline", "OrchestratorCore", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "CLITests", dependencies: ["TestSupport"], swiftSettings: strict),
        .testTarget(name: "CrashTests", dependencies: ["TestSupport"], swiftSettings: strict),
    ]
)
