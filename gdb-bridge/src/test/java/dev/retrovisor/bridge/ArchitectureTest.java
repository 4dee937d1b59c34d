// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may use which. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.retrovisor.bridge");

    @Test
    void arrowsBetweenPackagesPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy("..bridge.cli..")
                .layer("demo")
                .definedBy("..bridge.demo..")
                .layer("recording")
                .definedBy("..bridge.recording..")
                .layer("session")
                .definedBy("..bridge.session..")
                .layer("server")
                .definedBy("..bridge.server..")
                .layer("qemu")
                .definedBy("..bridge.qemu..")
                .layer("link")
                .definedBy("..bridge.link..")
                .layer("files")
                .definedBy("..bridge.files..")
                .layer("cache")
                .definedBy("..bridge.cache..")
                .layer("rsp")
                .definedBy("..bridge.rsp..")
                .whereLayer("demo")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("demo", "cli")
                .whereLayer("server")
                .mayOnlyBeAccessedByLayers("recording", "session", "demo", "cli")
                .whereLayer("recording")
                .mayOnlyBeAccessedByLayers("session", "cli")
                .whereLayer("qemu")
                .mayOnlyBeAccessedByLayers("session", "demo", "cli")
                .whereLayer("link")
                .mayOnlyBeAccessedByLayers("server", "recording", "session", "demo", "cli")
                .whereLayer("rsp")
                .mayOnlyBeAccessedByLayers("server", "cache", "files")
                .whereLayer("files")
                .mayOnlyBeAccessedByLayers("server", "session", "cli")
                .whereLayer("cache")
                .mayOnlyBeAccessedByLayers("server")
                .check(CLASSES);
    }

    @Test
    void onlyLinkKnowsSocketsAndSerialPorts() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..bridge.link..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "com.fazecast..")
                .check(CLASSES);
    }

    @Test
    void codecAndCacheKnowNeitherTimeNorThreadsNorFiles() {
        noClasses()
                .that()
                .resideInAnyPackage("..bridge.rsp..", "..bridge.cache..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.time..", "java.util.concurrent..", "java.nio.file..", "org.slf4j..")
                .check(CLASSES);
    }

    @Test
    void onlyQemuDemoAndCommandLineStartProcesses() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..bridge.qemu..", "..bridge.demo..", "..bridge.cli..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(CLASSES);
    }
}
