//! Which files do not count as work: the table of names and folders, and the headers of generated files.
//!
//! Each row has a reason. Names are compared exactly, folders as whole path components, so `distance/` is not `dist/`.
//! The rows avoid ordinary source: where a folder name is also used for source (`build`, `dist`, `target`), only what
//! tools write there is listed. A repository can overrule a row in `.gitattributes`:
//! `-linguist-vendored` or `-linguist-generated` on a path keeps its lines.

use super::attributes::PathAttributes;

/// Written by a package manager to pin versions.
pub(super) const LOCK: &str = "lock-file";
/// Written by a code generator.
pub(super) const GENERATED: &str = "generated";
/// Someone else's code, copied in.
pub(super) const VENDORED: &str = "vendored";
/// Compressed for delivery.
pub(super) const MINIFIED: &str = "minified";
/// Names a file that Git LFS keeps elsewhere.
pub(super) const LFS_POINTER: &str = "lfs-pointer";
/// Recorded output of tests.
pub(super) const SNAPSHOT: &str = "snapshot";
/// Written by a build.
pub(super) const BUILD_OUTPUT: &str = "build-output";
/// Its content is missing or damaged in this clone.
pub(super) const MISSING: &str = "missing";
/// A pointer to another repository rather than lines.
pub(super) const SUBMODULE: &str = "submodule";
/// A link, whose content is another path.
pub(super) const SYMBOLIC_LINK: &str = "symbolic-link";

/// How a row matches a path.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// The last component, exactly.
    Name(&'static str),
    /// The beginning of the last component.
    Prefix(&'static str),
    /// Before the last dot of the last component, unless a language of [`SOURCE`] follows.
    Before(&'static str),
    /// The end of the last component.
    Suffix(&'static str),
    /// Consecutive folders anywhere in the path.
    Folder(&'static str),
    /// A folder anywhere in the path, for files whose names end in one of these.
    FolderSuffix(&'static str, &'static [&'static str]),
}

use Shape::{Before, Folder, FolderSuffix, Name, Prefix, Suffix};

/// What bundlers put into `dist/`; packaging scripts and notes there still count.
const BUNDLED: &[&str] = &[".js", ".mjs", ".cjs", ".css", ".d.ts", ".html"];

/// Languages in which `payment.received` may be the name of a module.
const SOURCE: &[&str] = &["ts", "tsx", "js", "jsx", "mjs", "py", "rb", "go", "rs", "java", "kt", "php", "swift"];

/// What tests record in `snapshots/`; code there still counts.
const RECORDED: &[&str] = &[".svg", ".txt", ".json", ".xml", ".html"];

/// Every excluded kind of file with its reason; the first matching row gives the reason.
const TABLE: &[(&str, Shape)] = &[
    // Lock files, by ecosystem.
    (LOCK, Name("Cargo.lock")),
    (LOCK, Name("package-lock.json")),
    (LOCK, Name("npm-shrinkwrap.json")),
    (LOCK, Name("yarn.lock")),
    (LOCK, Name("pnpm-lock.yaml")),
    (LOCK, Name("bun.lock")),
    (LOCK, Name("bun.lockb")),
    (LOCK, Name("deno.lock")),
    (LOCK, Name("go.sum")),
    (LOCK, Name("go.work.sum")),
    (LOCK, Name("Gopkg.lock")),
    (LOCK, Name("Gemfile.lock")),
    (LOCK, Name("poetry.lock")),
    (LOCK, Name("Pipfile.lock")),
    (LOCK, Name("pdm.lock")),
    (LOCK, Name("uv.lock")),
    (LOCK, Name("pixi.lock")),
    (LOCK, Name("conda-lock.yml")),
    (LOCK, Name("composer.lock")),
    (LOCK, Name("mix.lock")),
    (LOCK, Name("rebar.lock")),
    (LOCK, Name("pubspec.lock")),
    (LOCK, Name("Podfile.lock")),
    (LOCK, Name("Cartfile.resolved")),
    (LOCK, Name("Package.resolved")),
    (LOCK, Name("packages.lock.json")),
    (LOCK, Name("paket.lock")),
    (LOCK, Name("gradle.lockfile")),
    (LOCK, Name("stack.yaml.lock")),
    (LOCK, Name("cabal.project.freeze")),
    (LOCK, Name("shard.lock")),
    (LOCK, Name("flake.lock")),
    (LOCK, Name("Chart.lock")),
    (LOCK, Name("buf.lock")),
    (LOCK, Name("MODULE.bazel.lock")),
    (LOCK, Name(".terraform.lock.hcl")),
    // Someone else's code.
    (VENDORED, Folder("vendor")),
    (VENDORED, Folder("node_modules")),
    (VENDORED, Folder("third_party")),
    (VENDORED, Folder("third-party")),
    (VENDORED, Folder("thirdparty")),
    (VENDORED, Folder("ThirdParty")),
    (VENDORED, Folder("3rdparty")),
    (VENDORED, Folder("3rd-party")),
    (VENDORED, Folder("3rd_party")),
    (VENDORED, Folder("_vendor")),
    (VENDORED, Folder("vendored")),
    (VENDORED, Folder("Carthage/Checkouts")),
    (VENDORED, Folder("bower_components")),
    (VENDORED, Folder("Godeps/_workspace")),
    (VENDORED, Folder("Pods")),
    (VENDORED, Folder(".yarn/releases")),
    (VENDORED, Folder(".yarn/plugins")),
    (VENDORED, Name(".pnp.cjs")),
    (VENDORED, Name("gradlew")),
    (VENDORED, Name("gradlew.bat")),
    (VENDORED, Name("mvnw")),
    (VENDORED, Name("mvnw.cmd")),
    // Names that code generators give.
    (GENERATED, Suffix(".pb.go")),
    (GENERATED, Suffix("_pb2.py")),
    (GENERATED, Suffix("_pb2.pyi")),
    (GENERATED, Suffix("_pb2_grpc.py")),
    (GENERATED, Suffix(".pb.cc")),
    (GENERATED, Suffix(".pb.h")),
    (GENERATED, Suffix("_pb.d.ts")),
    (GENERATED, Suffix("_pb.js")),
    (GENERATED, Suffix("_grpc_pb.js")),
    (GENERATED, Suffix(".pb.swift")),
    (GENERATED, Suffix(".g.dart")),
    (GENERATED, Suffix(".freezed.dart")),
    (GENERATED, Suffix(".Designer.cs")),
    (GENERATED, Suffix(".designer.cs")),
    (GENERATED, Suffix(".g.cs")),
    (GENERATED, Prefix("zz_generated.")),
    (GENERATED, Folder("__generated__")),
    // Compressed for delivery.
    (MINIFIED, Suffix(".min.js")),
    (MINIFIED, Suffix(".min.mjs")),
    (MINIFIED, Suffix(".min.cjs")),
    (MINIFIED, Suffix(".min.css")),
    // Recorded output of tests.
    (SNAPSHOT, Suffix(".snap")),
    (SNAPSHOT, Suffix(".snap.new")),
    (SNAPSHOT, Suffix(".ambr")),
    (SNAPSHOT, Folder("__snapshots__")),
    (SNAPSHOT, Folder("__image_snapshots__")),
    (SNAPSHOT, Folder("__file_snapshots__")),
    (SNAPSHOT, Folder("__screenshots__")),
    (SNAPSHOT, Folder("__Snapshots__")),
    (SNAPSHOT, Folder(".snapshots")),
    (SNAPSHOT, FolderSuffix("snapshots", RECORDED)),
    (SNAPSHOT, Suffix(".storyshot")),
    (SNAPSHOT, Suffix(".term.svg")),
    (SNAPSHOT, Before(".verified")),
    (SNAPSHOT, Before(".approved")),
    (SNAPSHOT, Before(".received")),
    (SNAPSHOT, Suffix(".golden")),
    (SNAPSHOT, Folder("vcr_cassettes")),
    // What builds write. `build/` alone is often source, so only its usual contents are listed.
    (BUILD_OUTPUT, Suffix(".js.map")),
    (BUILD_OUTPUT, Suffix(".mjs.map")),
    (BUILD_OUTPUT, Suffix(".cjs.map")),
    (BUILD_OUTPUT, Suffix(".css.map")),
    (BUILD_OUTPUT, Suffix(".tsbuildinfo")),
    (BUILD_OUTPUT, FolderSuffix("dist", BUNDLED)),
    (BUILD_OUTPUT, Folder("build/static")),
    (BUILD_OUTPUT, Folder("build/generated")),
    (BUILD_OUTPUT, Folder("build/intermediates")),
    (BUILD_OUTPUT, Folder("build/classes")),
    (BUILD_OUTPUT, Folder("build/reports")),
    (BUILD_OUTPUT, Folder("target/debug")),
    (BUILD_OUTPUT, Folder("target/release")),
    (BUILD_OUTPUT, Folder("target/classes")),
    (BUILD_OUTPUT, Folder(".next")),
    (BUILD_OUTPUT, Folder(".nuxt")),
    (BUILD_OUTPUT, Folder(".svelte-kit")),
    (BUILD_OUTPUT, Folder("storybook-static")),
    (BUILD_OUTPUT, Folder("__pycache__")),
    (BUILD_OUTPUT, Folder("htmlcov")),
];

/// Why a path's lines are never effective: by its attributes, else by the table.
///
/// - Value: a reason of this file, or `None` for ordinary files.
/// - Source: the names of GitHub Linguist's `vendor.yml` and `generated.rb`, narrowed as explained above.
pub(super) fn by_path(path: &str, attributes: PathAttributes) -> Option<&'static str> {
    if attributes.vendored == Some(true) {
        return Some(VENDORED);
    }
    if attributes.generated == Some(true) {
        return Some(GENERATED);
    }
    let kept = |reason: &str| match reason {
        VENDORED => attributes.vendored == Some(false),
        _ => attributes.generated == Some(false),
    };
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    TABLE.iter().find(|(reason, shape)| matches(*shape, folders, name) && !kept(reason)).map(|(reason, _)| *reason)
}

fn matches(shape: Shape, folders: &str, name: &str) -> bool {
    match shape {
        Name(wanted) => name == wanted,
        Prefix(start) => name.starts_with(start),
        Before(end) => name
            .rsplit_once('.')
            .is_some_and(|(stem, kind)| stem.len() > end.len() && stem.ends_with(end) && !SOURCE.contains(&kind)),
        Suffix(end) => name.len() > end.len() && name.ends_with(end),
        Folder(wanted) => has_folders(folders, wanted),
        FolderSuffix(wanted, ends) => ends.iter().any(|end| name.ends_with(end)) && has_folders(folders, wanted),
    }
}

/// Whether `folders` contains `wanted` as whole components.
fn has_folders(folders: &str, wanted: &str) -> bool {
    folders.match_indices(wanted).any(|(at, _)| {
        let begins = at == 0 || folders.as_bytes()[at - 1] == b'/';
        let after = folders.as_bytes().get(at + wanted.len());
        begins && after.is_none_or(|&byte| byte == b'/')
    })
}

/// Why no line of a text counts, by its content.
pub(super) fn by_content(text: &[u8]) -> Option<&'static str> {
    if is_lfs_pointer(text) {
        return Some(LFS_POINTER);
    }
    has_generated_header(text).then_some(GENERATED)
}

/// Whether a text only names a file that Git LFS keeps elsewhere.
///
/// - Source: `docs/spec.md` of Git LFS; `hawser` was its name before the first release.
pub(super) fn is_lfs_pointer(text: &[u8]) -> bool {
    /// Every pointer is shorter than this.
    const LONGEST: usize = 1_024;
    let begins = [&b"version https://git-lfs.github.com/spec/"[..], b"version https://hawser.github.com/spec/"];
    text.len() < LONGEST && begins.iter().any(|begin| text.starts_with(begin))
}

/// How many first lines of a file may contain a generator's mark.
const HEADER_LINES: usize = 12;
/// How many first bytes are searched: a minified file may be a single line.
const HEADER_BYTES: usize = 2_048;

/// Whether the first lines of a text say that a program wrote it.
///
/// Recognises, in any case, `@generated`, `<auto-generated`, and the word "generated" together with other words that only
/// generators use. A file that merely mentions generated code does not match.
pub(super) fn has_generated_header(text: &[u8]) -> bool {
    let mut head = [0; HEADER_BYTES];
    let head = &mut head[..text.len().min(HEADER_BYTES)];
    head.copy_from_slice(&text[..head.len()]);
    head.make_ascii_lowercase();
    // Every mark contains this word, and nearly no file does.
    if memchr::memmem::find(head, b"generated").is_none() {
        return false;
    }
    let mut generated = false;
    let mut do_not_edit = false;
    for line in head.split(|&byte| byte == b'\n').take(HEADER_LINES) {
        let has = |words: &str| memchr::memmem::find(line, words.as_bytes()).is_some();
        let marked = memchr::memmem::find(line, b"@generated").is_some_and(|at| {
            let after = line.get(at + "@generated".len());
            after.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        });
        if marked || has("<auto-generated") || has("generated by the protocol buffer compiler") {
            return true;
        }
        generated |= has("generated by")
            || has("generated from")
            || has("automatically generated")
            || has("auto-generated")
            || has("autogenerated");
        do_not_edit |= has("do not edit") || has("do not modify") || has("don't edit");
    }
    generated && do_not_edit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(path: &str) -> Option<&'static str> {
        by_path(path, PathAttributes::default())
    }

    #[test]
    fn each_kind_of_excluded_file_has_its_reason() {
        for (path, expected) in [
            ("Cargo.lock", LOCK),
            ("web/pnpm-lock.yaml", LOCK),
            ("vendor/a/b.go", VENDORED),
            ("x/node_modules/y/z.js", VENDORED),
            ("api/v1/a.pb.go", GENERATED),
            ("web/app.min.js", MINIFIED),
            ("src/snapshots/case.snap", SNAPSHOT),
            ("tests/Api.Get.verified.json", SNAPSHOT),
            ("tests/Api.Get.received.txt", SNAPSHOT),
            ("tests/testsuite/add/stdout.term.svg", SNAPSHOT),
            ("tests/snapshots/page.svg", SNAPSHOT),
            ("cmd/testdata/help.golden", SNAPSHOT),
            ("src/pip/_vendor/rich/text.py", VENDORED),
            ("Source/ThirdParty/zlib/inflate.c", VENDORED),
            ("ui/__snapshots__/a.txt", SNAPSHOT),
            ("dist/index.js", BUILD_OUTPUT),
            ("packages/a/dist/types.d.ts", BUILD_OUTPUT),
            ("build/static/app.js", BUILD_OUTPUT),
        ] {
            assert_eq!(reason(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn ordinary_source_is_left_alone() {
        for path in [
            "src/vendors.rs",
            "src/vendor.ts",
            "vendoring/a.py",
            "build/webpack.config.js",
            "src/build/mod.rs",
            "dist/debian/control",
            "distribution/app.js",
            "src/target/mod.rs",
            "locks.py",
            "src/lock.rs",
            ".snap",
            "snapshots/readme.md",
            "snapshots/mod.rs",
            "art/logo.svg",
            "src/verified.rs",
            ".verified.txt",
            "src/payment.received.ts",
            "src/payment.received.event.ts",
            "docs/golden",
            "third_party.md",
        ] {
            assert_eq!(reason(path), None, "{path}");
        }
    }

    #[test]
    fn attributes_go_before_the_table() {
        let vendored = |vendored| PathAttributes { vendored: Some(vendored), ..PathAttributes::default() };
        let generated = |generated| PathAttributes { generated: Some(generated), ..PathAttributes::default() };
        assert_eq!(by_path("src/a.rs", vendored(true)), Some(VENDORED));
        assert_eq!(by_path("src/a.rs", generated(true)), Some(GENERATED));
        assert_eq!(by_path("vendor/ours/a.go", vendored(false)), None);
        assert_eq!(by_path("a.pb.go", generated(false)), None);
        assert_eq!(by_path("vendor/ours/a.pb.go", vendored(false)), Some(GENERATED));
    }

    #[test]
    fn a_generators_header_is_told_from_talk_about_generated_code() {
        for text in [
            "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage x\n",
            "# @generated\nx = 1\n",
            "//------\n// <auto-generated>\n",
            "/* This file is automatically generated.\n * Do not modify. */\n",
            "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
        ] {
            assert!(has_generated_header(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "//! Detects generated files.\n",
            "/// Ids generated by the server.\nfn main() {}\n",
            "# use @generated_by to mark\n",
            "Do not edit while the server runs.\n",
        ] {
            assert!(!has_generated_header(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_pointer_of_git_lfs_is_told_from_a_text_about_it() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
        assert_eq!(by_content(pointer), Some(LFS_POINTER));
        let long = [&pointer[..], &[b'x'; 1_000]].concat();
        for text in [&b"See version https://git-lfs.github.com/spec/v1\n"[..], b"version 2\n", b"", &long] {
            assert_eq!(by_content(text), None);
        }
    }

    #[test]
    fn no_row_is_written_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for (_, shape) in TABLE {
            assert!(seen.insert(format!("{shape:?}")), "{shape:?}");
        }
    }
}
