(function(){'use strict';
var d=document,$=function(s,r){return Array.prototype.slice.call((r||d).querySelectorAll(s))},live=d.getElementById('live'),tip=d.getElementById('tip');
function el(n,t,c){var e=d.createElement(n);if(t)e.textContent=t;if(c)e.className=c;return e}
function val(td){var v=td.getAttribute('data-v');if(v===null)v=td.textContent.trim();return v}
function num(v){if(v==='')return null;var n=Number(String(v).replace(/[$,%]/g,''));return isNaN(n)?null:n}
function body(t){return t.tBodies[0]}
function pairs(t){var o=[],r=body(t).rows,i;for(i=0;i<r.length;i++){if(r[i].classList.contains('d'))continue;var k=r[i].nextElementSibling;o.push([r[i],k&&k.classList.contains('d')?k:null])}return o}
function sort(t,i,th){var up=th.getAttribute('aria-sort')==='descending'||(!th.getAttribute('aria-sort')&&!th.classList.contains('n'));
 $('th[aria-sort]',t).forEach(function(h){h.removeAttribute('aria-sort')});th.setAttribute('aria-sort',up?'ascending':'descending');
 var p=pairs(t),b=body(t);p.forEach(function(x,k){x.k=k});
 p.sort(function(a,c){var sa=a[0].classList.contains('sum'),sc=c[0].classList.contains('sum');if(sa||sc)return sa-sc;var x=val(a[0].cells[i]),y=val(c[0].cells[i]),m=num(x),n=num(y),r;
  if(x==='–')x='';if(y==='–')y='';if(x===''||y==='')return (x==='')-(y==='')||a.k-c.k;r=m!==null&&n!==null?m-n:x.localeCompare(y);return (up?r:-r)||a.k-c.k});
 p.forEach(function(x){b.appendChild(x[0]);if(x[1])b.appendChild(x[1])});}
function csv(t){var cols=[],out=[];$('thead th',t).forEach(function(h,i){if(!h.classList.contains('g'))cols.push(i)});
 function q(s){s=s.replace(/\s+/g,' ').trim();if(/^[=+\-@\t]/.test(s)&&isNaN(s))s="'"+s;return /[",\n]/.test(s)?'"'+s.replace(/"/g,'""')+'"':s}
 out.push(cols.map(function(i){return q(t.tHead.rows[0].cells[i].textContent)}).join(','));var n=0;
 pairs(t).forEach(function(p){if(p[0].hidden)return;n++;out.push(cols.map(function(i){var c=p[0].cells[i];if(!c)return '';var x=c.cloneNode(true);$('small',x).forEach(function(s){s.remove()});return q(c.hasAttribute('data-v')?val(c):x.textContent)}).join(','))});return [out.join('\r\n')+'\r\n',n]}
function copy(t,btn){var c=csv(t);function done(){live.textContent='Copied '+c[1]+' rows';var o=btn.textContent;btn.textContent='Copied '+c[1]+' rows';setTimeout(function(){btn.textContent=o},1800)}
 function old(){var a=el('textarea');a.value=c[0];a.className='vh';d.body.appendChild(a);a.select();d.execCommand('copy');a.remove();done()}
 if(navigator.clipboard&&navigator.clipboard.writeText)navigator.clipboard.writeText(c[0]).then(done,old);else old()}
$('table[data-tools]').forEach(function(t){var big=t.getAttribute('data-tools')==='2',box=t.closest('.tbl'),bar=el('div','','tools'),inp,outp,chip='';
 function apply(){var s=(inp?inp.value:'').toLowerCase().trim(),n=0,all=0;box.classList.toggle('flt',!!(s||chip));
  pairs(t).forEach(function(p){if(p[0].classList.contains('sum')){p[0].hidden=!!(s||chip);return}all++;
   var ok=(!s||p[0].textContent.toLowerCase().indexOf(s)>=0)&&(!chip||(' '+p[0].getAttribute('data-c')+' ').indexOf(' '+chip+' ')>=0);p[0].hidden=!ok;if(p[1])p[1].hidden=!ok;if(ok)n++});
  outp.textContent=s||chip?n+' of '+all:'';}
 if(big&&box){var rows=pairs(t).length;if(rows>5){inp=el('input');inp.type='search';inp.placeholder='Search '+rows+' '+(box.getAttribute('data-noun')||'rows');inp.setAttribute('aria-label',inp.placeholder);inp.addEventListener('input',apply);bar.appendChild(inp)}
  outp=el('output');var ch=box.querySelector('select');if(ch){ch.hidden=false;ch.addEventListener('change',function(){chip=ch.value;apply()});bar.appendChild(ch)}
  bar.appendChild(outp);box._chip=function(c){chip=c;if(ch)ch.value=c;apply()}}
 var cb=el('button','Copy as CSV');cb.type='button';cb.addEventListener('click',function(){copy(t,cb)});bar.appendChild(cb);
 if(box)box.querySelector('.th').appendChild(bar);else t.closest('.tw').insertBefore(bar,t);
 $('thead th',t).forEach(function(h,i){if(h.classList.contains('g'))return;var b=el('span',h.textContent);b.setAttribute('role','button');b.tabIndex=0;h.textContent='';h.appendChild(b);b.addEventListener('click',function(){sort(t,i,h)});b.addEventListener('keydown',function(e){if(e.key==='Enter'||e.key===' '){e.preventDefault();sort(t,i,h)}})})});
$('[data-tabs]').forEach(function(s){var k=$(':scope>.tbl',s),n=el('div','','tabs'),bs=[];n.setAttribute('role','tablist');n.appendChild(el('b',s.getAttribute('data-tabs')));
 function pick(i){k.forEach(function(t,q){t.hidden=q!==i;bs[q].setAttribute('aria-selected',String(q===i));bs[q].tabIndex=q===i?0:-1})}
 k.forEach(function(t,i){var h=t.querySelector('h3'),b=el('button',h.textContent.replace(/^By /,''));b.type='button';b.setAttribute('role','tab');t.id=t.id||h.id+'p';b.setAttribute('aria-controls',t.id);t.setAttribute('role','tabpanel');t._pick=function(){pick(i)};b.addEventListener('click',function(){pick(i)});
  b.addEventListener('keydown',function(e){var m=e.key==='ArrowRight'?1:e.key==='ArrowLeft'?-1:0;if(m){var q=(i+m+k.length)%k.length;pick(q);bs[q].focus()}});bs.push(b);n.appendChild(b)});
 s.insertBefore(n,s.firstChild);s.classList.add('tabbed');pick(0)});
function show(id,on){var r=d.getElementById(id);if(!r||!r.classList.contains('d'))return null;var a=r.previousElementSibling.querySelector('.dx');if(on===undefined)on=!r.classList.contains('on');r.classList.toggle('on',on);if(a)a.setAttribute('aria-expanded',String(on));
 if(on){var tb=r.closest('.tbl');if(tb._pick&&tb.hidden)tb._pick();r.hidden=false;r.previousElementSibling.hidden=false;var bx=r.closest('.tbl').querySelector('.all');if(bx&&!bx.checked&&!r.closest('.tbl').classList.contains('flt')&&Array.prototype.indexOf.call(r.parentNode.children,r)>=20)bx.checked=true}return r}
$('.dx').forEach(function(a){a.setAttribute('aria-expanded','false');a.setAttribute('role','button');a.setAttribute('aria-controls',a.getAttribute('href').slice(1));a.addEventListener('keydown',function(e){if(e.key===' '){e.preventDefault();a.click()}})});
d.addEventListener('click',function(e){var a=e.target.closest('a');if(!a)return;var h=a.getAttribute('href')||'';
 if(a.classList.contains('dx')){e.preventDefault();show(h.slice(1));return}
 if(a.classList.contains('fl')){var b=d.getElementById('changes-t').closest('.tbl');if(b._chip)b._chip(a.getAttribute('data-f'));e.preventDefault();b.scrollIntoView();return}
 if(/^#s\d+$/.test(h)){var q=d.getElementById(h.slice(1));if(q){var tb=q.closest('.tbl');if(tb._pick)tb._pick();q.hidden=false;var bq=tb.querySelector('.all');if(bq&&Array.prototype.indexOf.call(q.parentNode.children,q)>=10)bq.checked=true;q.scrollIntoView({block:'center'})}return}
 if(/^#u\d+d$/.test(h)){var r=show(h.slice(1),true);if(r){e.preventDefault();r.previousElementSibling.scrollIntoView({block:'center'});var x=r.previousElementSibling.querySelector('.dx');if(x)x.focus({preventScroll:true})}}});
if(/^#u\d+d$/.test(location.hash))show(location.hash.slice(1),true);
$('svg.c title').forEach(function(t){var p=t.parentNode;p.setAttribute('data-t',t.textContent);if(p.tagName==='a')p.setAttribute('aria-label',t.textContent);t.remove()});
function over(e){var g=e.target.closest&&e.target.closest('[data-t]');if(!g){tip.hidden=true;return}tip.textContent=g.getAttribute('data-t');tip.hidden=false;var r=tip.getBoundingClientRect(),x=e.clientX,y=e.clientY;
 if(x===undefined||e.type==='focusin'){var q=g.getBoundingClientRect();x=q.left+q.width/2;y=q.top}
 tip.style.left=Math.max(8,Math.min(innerWidth-r.width-8,x+12))+'px';tip.style.top=(y-r.height-12<8?y+18:y-r.height-12)+'px'}
d.addEventListener('pointermove',over);d.addEventListener('focusin',over);d.addEventListener('focusout',function(){tip.hidden=true});d.addEventListener('keydown',function(e){if(e.key==='Escape')tip.hidden=true});
})();
