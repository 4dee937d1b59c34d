// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may use which. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.retrovisor.store");

    @Test
    void theFormatKnowsNeitherQuestionsNorExports() {
        noClasses()
                .that()
                .resideInAPackage("..store.format..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..store.query..", "..store.export..")
                .check(CLASSES);
    }

    @Test
    void theStoreKnowsNoBridgeNoSocketsAndNoProcesses() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.retrovisor.bridge..", "java.net..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(CLASSES);
    }
}
