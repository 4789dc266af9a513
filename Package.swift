// swift-tools-version: 6.2
import PackageDescription

/// Every module, lowest first. A module may use only the modules above it.
let modules: [(name: String, uses: [String])] = [
    ("Base", ["CSodium"]),
    ("SQLite", ["Base", "CSQLite"]),
    ("YAML", ["Base", "CYAML"]),
    ("Processes", ["Base", "CSystem"]),
    ("HTTP", ["CCurl"]),
    ("Git", ["Base", "CCrypto", "CLibgit2", "Processes"]),
    ("Tasks", ["Base", "YAML"]),
    ("Store", ["Base", "SQLite", "Tasks"]),
    ("Merging", ["Base", "Git", "Processes", "Tasks", "Store"]),
    ("Agents", ["Base", "YAML", "Processes", "HTTP"]),
    ("ModelServer", ["Base", "YAML", "HTTP", "Agents", "CMicroHTTPD"]),
    (
        "Coordination",
        ["Base", "Git", "Processes", "Tasks", "Store", "Merging", "HTTP", "Agents"]
    ),
    ("Review", ["Base", "Git", "Tasks", "Store", "Merging", "Coordination"]),
    (
        "Commands",
        [
            "Base", "Git", "Processes", "SQLite", "YAML", "Tasks", "Store", "Merging",
            "Coordination", "Review", "HTTP", "Agents", "ModelServer",
        ]
    ),
]

/// Texts that are built into a module: its folder of them.
let resources: [String: [Resource]] = ["Agents": [.embedInCode("Resources")]]

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Modules that tests compute much in are optimized in debug builds too, with the checks, the tests' access and the
/// debugger's facts of debug builds. Those above them would take longer to build than their tests gain.
let optimized: (modules: Set, settings: [SwiftSetting]) = (
    ["Base", "Git", "Merging"],
    [
        .unsafeFlags(
            ["-O", "-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"],
            .when(configuration: .debug))
    ]
)

let package = Package(
    name: "treeguild",
    products: [.executable(name: "treeguild", targets: ["treeguild"])],
    targets: [
        .systemLibrary(
            name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CSystem"),
        .executableTarget(name: "treeguild", dependencies: ["Commands"], swiftSettings: settings),
        .executableTarget(
            name: "bench",
            dependencies: [
                "Base", "Git", "HTTP", "Processes", "Merging", "TestSupport", "CLibgit2",
            ],
            path: "Benchmarks", swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Base", "CLibgit2", "CSystem"],
            path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "treeguild", "TestSupport", "Base", "SQLite", "Store", "Agents", "ModelServer",
            ],
            swiftSettings: settings),
    ]
)

var known: Set = [
    "CCrypto", "CCurl", "CLibgit2", "CMicroHTTPD", "CSQLite", "CYAML", "CSodium", "CSystem",
]
for module in modules {
    precondition(
        known.isSuperset(of: module.uses), "\(module.name) uses a module that is not above it")
    known.insert(module.name)
    let dependencies = module.uses.map(Target.Dependency.init(stringLiteral:))
    package.targets += [
        .target(
            name: module.name, dependencies: dependencies, resources: resources[module.name],
            swiftSettings: settings
                + (optimized.modules.contains(module.name) ? optimized.settings : [])),
        .testTarget(
            name: module.name + "Tests",
            dependencies: dependencies + [.init(stringLiteral: module.name), "TestSupport"],
            swiftSettings: settings),
    ]
}
