BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE contents (
	id VARCHAR(64) NOT NULL, 
	data BLOB, 
	large TEXT, 
	kept JSON NOT NULL, 
	used FLOAT NOT NULL, 
	CONSTRAINT pk_contents PRIMARY KEY (id)
);
INSERT INTO "contents" VALUES('948e456e30a7965261bb7f96d08d10a5a8681767c5d268e5fac330d446f99c6d',X'80059506000000000000008C024149942E',NULL,'[]',1.79528315942858076098e+09);
INSERT INTO "contents" VALUES('d6b42db8540454bf7de10d59acdfe4e9146bcc3c87443ca2ab0bc5b6e27fc35e',X'80059513000000000000007D948C0474657874948C056F6E20414994732E',NULL,'[]',1.79528315946613717078e+09);
INSERT INTO "contents" VALUES('3426d324663d7bd68ec19b576cc8082329a9687f0bc77a6cc12104e34d1b6c49',X'80059505000000000000008C0161942E',NULL,'[]',1795283159.47269);
INSERT INTO "contents" VALUES('a6bda983912e09646b83dd8f0756caed8aed771186e506f47473a047e0a5037d',X'80059508000000000000008C0442656573942E',NULL,'[]',1.79528315947622776026e+09);
INSERT INTO "contents" VALUES('f20eca1c87acdcf3a9f44026687be53c96b2f817533b8d55da475996e5bacdc1',X'80054B032E',NULL,'[]',1.79528315947706079485e+09);
INSERT INTO "contents" VALUES('1acfccebb9e4fca3f181d0740875af64f10071fac5a1d64e55755b34ac821bf0',X'80059515000000000000007D948C0474657874948C076F6E206265657394732E',NULL,'[]',1.79528315948096966743e+09);
INSERT INTO "contents" VALUES('32f01ee477bbddc3b2227b1e8d32ee5f7696939ace315024e32eed1de82dc54f',X'80059505000000000000008C0162942E',NULL,'[]',1.79528315949392676354e+09);
CREATE TABLE facts (
	name VARCHAR(64) NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_facts PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('id','05cc7a79464c1eaeb7aea874bf63f7e7');
CREATE TABLE inputs (
	sheet VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_inputs PRIMARY KEY (sheet, name), 
	CONSTRAINT fk_inputs_content FOREIGN KEY(content) REFERENCES contents (id), 
	CONSTRAINT fk_inputs_sheet FOREIGN KEY(sheet) REFERENCES sheets (id) ON DELETE CASCADE
);
INSERT INTO "inputs" VALUES('7taWdSWombE8putXVMQt2Q','topic','a6bda983912e09646b83dd8f0756caed8aed771186e506f47473a047e0a5037d');
INSERT INTO "inputs" VALUES('7taWdSWombE8putXVMQt2Q','length','f20eca1c87acdcf3a9f44026687be53c96b2f817533b8d55da475996e5bacdc1');
CREATE TABLE results (
	id INTEGER NOT NULL, 
	sheet VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	item TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	parts JSON NOT NULL, 
	content VARCHAR(64), 
	note TEXT NOT NULL, 
	seconds FLOAT NOT NULL, 
	reason TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	error JSON, 
	created FLOAT NOT NULL, 
	CONSTRAINT pk_results PRIMARY KEY (id), 
	CONSTRAINT fk_results_content FOREIGN KEY(content) REFERENCES contents (id), 
	CONSTRAINT fk_results_sheet FOREIGN KEY(sheet) REFERENCES sheets (id) ON DELETE CASCADE, 
	CONSTRAINT fk_results_version FOREIGN KEY(version) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_results_version UNIQUE (version, item)
);
INSERT INTO "results" VALUES(1,'7taWdSWombE8putXVMQt2Q',1,'','key one','d','{}','d6b42db8540454bf7de10d59acdfe4e9146bcc3c87443ca2ab0bc5b6e27fc35e','',1.5,'','done','null',1.7952831594666452408e+09);
INSERT INTO "results" VALUES(2,'7taWdSWombE8putXVMQt2Q',2,'0','item','d','{}','3426d324663d7bd68ec19b576cc8082329a9687f0bc77a6cc12104e34d1b6c49','',0.0,'','done','null',1.79528315947362089154e+09);
INSERT INTO "results" VALUES(3,'7taWdSWombE8putXVMQt2Q',3,'','key two','d','{}','1acfccebb9e4fca3f181d0740875af64f10071fac5a1d64e55755b34ac821bf0','',0.0,'','done','null',1.79528315948121738434e+09);
INSERT INTO "results" VALUES(4,'7taWdSWombE8putXVMQt2Q',4,'1','item two','d','{}','32f01ee477bbddc3b2227b1e8d32ee5f7696939ace315024e32eed1de82dc54f','',0.0,'','done','null',1.79528315949448132515e+09);
INSERT INTO "results" VALUES(5,'7taWdSWombE8putXVMQt2Q',5,'','','','{}',NULL,'',0.0,'','failed','{"message": "no voice"}',1.79528315950896286959e+09);
CREATE TABLE reuses (
	run INTEGER NOT NULL, 
	step TEXT NOT NULL, 
	item TEXT NOT NULL, 
	result INTEGER NOT NULL, 
	CONSTRAINT pk_reuses PRIMARY KEY (run, step, item), 
	CONSTRAINT fk_reuses_result FOREIGN KEY(result) REFERENCES results (id) ON DELETE CASCADE, 
	CONSTRAINT fk_reuses_run FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "reuses" VALUES(2,'speak','0',2);
CREATE TABLE run_inputs (
	run INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_run_inputs PRIMARY KEY (run, name), 
	CONSTRAINT fk_run_inputs_content FOREIGN KEY(content) REFERENCES contents (id), 
	CONSTRAINT fk_run_inputs_run FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "run_inputs" VALUES(1,'topic','948e456e30a7965261bb7f96d08d10a5a8681767c5d268e5fac330d446f99c6d');
INSERT INTO "run_inputs" VALUES(2,'length','f20eca1c87acdcf3a9f44026687be53c96b2f817533b8d55da475996e5bacdc1');
INSERT INTO "run_inputs" VALUES(2,'topic','a6bda983912e09646b83dd8f0756caed8aed771186e506f47473a047e0a5037d');
CREATE TABLE runs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sheet VARCHAR(64) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	how TEXT NOT NULL, 
	steps JSON NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	created FLOAT NOT NULL, 
	seconds FLOAT, 
	CONSTRAINT fk_runs_sheet FOREIGN KEY(sheet) REFERENCES sheets (id) ON DELETE CASCADE, 
	CONSTRAINT uq_runs_sheet UNIQUE (sheet, name)
);
INSERT INTO "runs" VALUES(1,'7taWdSWombE8putXVMQt2Q','one','d9583b9a25d1fd469df99e5f042e507a','all','["write", "speak"]','done',1.79528315946238541597e+09,2.0);
INSERT INTO "runs" VALUES(2,'7taWdSWombE8putXVMQt2Q','two','d9583b9a25d1fd469df99e5f042e507a','all','["write", "speak", "join"]','failed',1.79528315947792577742e+09,2.0);
CREATE TABLE selections (
	sheet VARCHAR(64) NOT NULL, 
	step TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_selections PRIMARY KEY (sheet, step), 
	CONSTRAINT fk_selections_sheet FOREIGN KEY(sheet) REFERENCES sheets (id) ON DELETE CASCADE, 
	CONSTRAINT fk_selections_version FOREIGN KEY(version) REFERENCES versions (id) ON DELETE CASCADE
);
INSERT INTO "selections" VALUES('7taWdSWombE8putXVMQt2Q','write',1);
CREATE TABLE settings (
	sheet VARCHAR(64) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	data JSON NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY (sheet, name), 
	CONSTRAINT fk_settings_sheet FOREIGN KEY(sheet) REFERENCES sheets (id) ON DELETE CASCADE
);
INSERT INTO "settings" VALUES('7taWdSWombE8putXVMQt2Q','positions','{"write": [10, 20]}');
CREATE TABLE sheets (
	id VARCHAR(64) NOT NULL, 
	user TEXT NOT NULL, 
	pipeline TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created FLOAT NOT NULL, 
	changed FLOAT NOT NULL, 
	CONSTRAINT pk_sheets PRIMARY KEY (id)
);
INSERT INTO "sheets" VALUES('7taWdSWombE8putXVMQt2Q','ada','podcast','Old sheet',1.79528315942536926272e+09,1.79528315951321506497e+09);
CREATE TABLE versions (
	id INTEGER NOT NULL, 
	sheet VARCHAR(64) NOT NULL, 
	run INTEGER NOT NULL, 
	step TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	CONSTRAINT pk_versions PRIMARY KEY (id), 
	CONSTRAINT fk_versions_run FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE, 
	CONSTRAINT fk_versions_sheet FOREIGN KEY(sheet) REFERENCES sheets (id) ON DELETE CASCADE, 
	CONSTRAINT uq_versions_run UNIQUE (run, step), 
	CONSTRAINT uq_versions_sheet UNIQUE (sheet, step, number)
);
INSERT INTO "versions" VALUES(1,'7taWdSWombE8putXVMQt2Q',1,'write',1);
INSERT INTO "versions" VALUES(2,'7taWdSWombE8putXVMQt2Q',1,'speak',1);
INSERT INTO "versions" VALUES(3,'7taWdSWombE8putXVMQt2Q',2,'write',2);
INSERT INTO "versions" VALUES(4,'7taWdSWombE8putXVMQt2Q',2,'speak',2);
INSERT INTO "versions" VALUES(5,'7taWdSWombE8putXVMQt2Q',2,'join',1);
CREATE INDEX ix_sheets_owner ON sheets (user, pipeline);
CREATE INDEX ix_inputs_content ON inputs (content);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_run_inputs_content ON run_inputs (content);
CREATE INDEX ix_results_content ON results (content);
CREATE INDEX ix_results_key ON results (sheet, "key");
CREATE INDEX ix_selections_version ON selections (version);
CREATE INDEX ix_reuses_result ON reuses (result);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',2);
COMMIT;
